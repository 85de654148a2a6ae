	.file	"matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179"
	.text
	.globl	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179
	.p2align	4
	.type	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179,@function
matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	(%rdi), %r8
	movq	8(%rdi), %r9
	movq	(%r8), %rax
	movq	8(%r8), %rcx
	movq	16(%r8), %r8
	movq	%r8, -8(%rsp)
	movq	32(%r9), %r9
	movl	64(%rdi), %r10d
	movl	68(%rdi), %edi
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%rsi
.LBB0_1:
	cmpq	%rdx, %rsi
	jge	.LBB0_8
	imulq	$16448, %rsi, %r8
	leaq	(%rcx,%r8), %r11
	addq	$64, %r11
	vmovaps	(%rcx,%r8), %zmm0
	movq	%rsi, %rbx
	shlq	$6, %rbx
	addq	-8(%rsp), %rbx
	xorl	%r14d, %r14d
	cmpq	%r9, %r14
	jge	.LBB0_4
	.p2align	4
.LBB0_5:
	leaq	(%r14,%r14,8), %r15
	shlq	$8, %r15
	addq	%rax, %r15
	leaq	1(%r14), %r12
	vxorps	%xmm1, %xmm1, %xmm1
	xorl	%r13d, %r13d
	xorl	%ebp, %ebp
	.p2align	4
.LBB0_6:
	leaq	(%r11,%r13), %r8
	vpbroadcastd	68(%r15,%rbp), %zmm2
	#MEMBARRIER
	prefetcht0	(%r10,%r8)
	vmovdqa64	(%r11,%r13), %zmm3
	prefetcht1	(%rdi,%r8)
	vpxor	%xmm4, %xmm4, %xmm4
	vpdpbusd	(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	4(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	64(%r10,%r8)
	prefetcht1	64(%rdi,%r8)
	vmovdqa64	64(%r11,%r13), %zmm3
	vpdpbusd	8(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	12(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	128(%r10,%r8)
	prefetcht1	128(%rdi,%r8)
	vmovdqa64	128(%r11,%r13), %zmm3
	vpdpbusd	16(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	20(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	192(%r10,%r8)
	prefetcht1	192(%rdi,%r8)
	vmovdqa64	192(%r11,%r13), %zmm3
	vpdpbusd	24(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	28(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	256(%r10,%r8)
	prefetcht1	256(%rdi,%r8)
	vmovdqa64	256(%r11,%r13), %zmm3
	vpdpbusd	32(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	36(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	320(%r10,%r8)
	prefetcht1	320(%rdi,%r8)
	vmovdqa64	320(%r11,%r13), %zmm3
	vpdpbusd	40(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	44(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	384(%r10,%r8)
	prefetcht1	384(%rdi,%r8)
	vmovdqa64	384(%r11,%r13), %zmm3
	vpdpbusd	48(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	52(%r15,%rbp){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	448(%r10,%r8)
	prefetcht1	448(%rdi,%r8)
	vmovdqa64	448(%r11,%r13), %zmm3
	vpdpbusd	56(%r15,%rbp){1to16}, %zmm3, %zmm4
	vpdpbusd	60(%r15,%rbp){1to16}, %zmm3, %zmm2
	vpslld	$8, %zmm4, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm3
	vmulps	64(%r15,%rbp){1to16}, %zmm0, %zmm2
	vcvtdq2ps	%zmm3, %zmm3
	vfmadd213ps	%zmm1, %zmm3, %zmm2
	vpbroadcastd	140(%r15,%rbp), %zmm1
	#MEMBARRIER
	vmovdqa64	512(%r11,%r13), %zmm4
	prefetcht0	512(%r10,%r8)
	vxorps	%xmm3, %xmm3, %xmm3
	vpdpbusd	72(%r15,%rbp){1to16}, %zmm4, %zmm3
	vpdpbusd	76(%r15,%rbp){1to16}, %zmm4, %zmm1
	prefetcht1	512(%rdi,%r8)
	#MEMBARRIER
	prefetcht0	576(%r10,%r8)
	vmovdqa64	576(%r11,%r13), %zmm4
	vpdpbusd	80(%r15,%rbp){1to16}, %zmm4, %zmm3
	prefetcht1	576(%rdi,%r8)
	vpdpbusd	84(%r15,%rbp){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	640(%r10,%r8)
	vmovdqa64	640(%r11,%r13), %zmm4
	prefetcht1	640(%rdi,%r8)
	vpdpbusd	88(%r15,%rbp){1to16}, %zmm4, %zmm3
	vpdpbusd	92(%r15,%rbp){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	704(%r10,%r8)
	vmovdqa64	704(%r11,%r13), %zmm4
	vpdpbusd	96(%r15,%rbp){1to16}, %zmm4, %zmm3
	vpdpbusd	100(%r15,%rbp){1to16}, %zmm4, %zmm1
	prefetcht1	704(%rdi,%r8)
	#MEMBARRIER
	prefetcht0	768(%r10,%r8)
	vmovdqa64	768(%r11,%r13), %zmm4
	vpdpbusd	104(%r15,%rbp){1to16}, %zmm4, %zmm3
	prefetcht1	768(%rdi,%r8)
	vpdpbusd	108(%r15,%rbp){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	832(%r10,%r8)
	vmovdqa64	832(%r11,%r13), %zmm4
	prefetcht1	832(%rdi,%r8)
	vpdpbusd	112(%r15,%rbp){1to16}, %zmm4, %zmm3
	vpdpbusd	116(%r15,%rbp){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	896(%r10,%r8)
	vmovdqa64	896(%r11,%r13), %zmm4
	vpdpbusd	120(%r15,%rbp){1to16}, %zmm4, %zmm3
	vpdpbusd	124(%r15,%rbp){1to16}, %zmm4, %zmm1
	prefetcht1	896(%rdi,%r8)
	#MEMBARRIER
	prefetcht0	960(%r10,%r8)
	vmovdqa64	960(%r11,%r13), %zmm4
	vpdpbusd	128(%r15,%rbp){1to16}, %zmm4, %zmm3
	prefetcht1	960(%rdi,%r8)
	vpdpbusd	132(%r15,%rbp){1to16}, %zmm4, %zmm1
	vpslld	$8, %zmm3, %zmm3
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm3
	vmulps	136(%r15,%rbp){1to16}, %zmm0, %zmm1
	vfmadd213ps	%zmm2, %zmm3, %zmm1
	addq	$144, %rbp
	addq	$1024, %r13
	cmpq	$16384, %r13
	jl	.LBB0_6
	imulq	$607744, %r14, %r8
	vmovups	%zmm1, (%rbx,%r8)
	movq	%r12, %r14
	cmpq	%r9, %r14
	jl	.LBB0_5
	jmp	.LBB0_4
.LBB0_8:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179, .Lfunc_end0-matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179

	.section	".note.GNU-stack","",@progbits
