	.file	"matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319"
	.text
	.globl	matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319
	.p2align	4
	.type	matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319,@function
matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	%rdx, -8(%rsp)
	movq	(%rdi), %rcx
	movq	8(%rdi), %r8
	movq	(%rcx), %rax
	movq	8(%rcx), %rdx
	movq	16(%rcx), %r9
	movq	%r9, -16(%rsp)
	movq	24(%rcx), %rcx
	movq	%rcx, -24(%rsp)
	movq	16(%r8), %r10
	movl	64(%rdi), %r11d
	movl	68(%rdi), %edi
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%rsi
.LBB0_1:
	cmpq	-8(%rsp), %rsi
	jge	.LBB0_8
	imulq	$49216, %rsi, %rcx
	leaq	(%rdx,%rcx), %rbx
	addq	$64, %rbx
	vmovaps	(%rdx,%rcx), %zmm0
	movq	%rsi, %r14
	shlq	$6, %r14
	movq	-24(%rsp), %rcx
	leaq	(%rcx,%r14), %r15
	addq	-16(%rsp), %r14
	xorl	%r12d, %r12d
	cmpq	%r10, %r12
	jge	.LBB0_4
	.p2align	4
.LBB0_5:
	imulq	$6912, %r12, %rbp
	addq	%rax, %rbp
	leaq	1(%r12), %r13
	vxorps	%xmm1, %xmm1, %xmm1
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_6:
	leaq	(%rbx,%r8), %rcx
	vpbroadcastd	68(%rbp,%r9), %zmm2
	#MEMBARRIER
	prefetcht0	(%r11,%rcx)
	vmovdqa64	(%rbx,%r8), %zmm3
	prefetcht1	(%rdi,%rcx)
	vpxor	%xmm4, %xmm4, %xmm4
	vpdpbusd	(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	4(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	64(%r11,%rcx)
	prefetcht1	64(%rdi,%rcx)
	vmovdqa64	64(%rbx,%r8), %zmm3
	vpdpbusd	8(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	12(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	128(%r11,%rcx)
	prefetcht1	128(%rdi,%rcx)
	vmovdqa64	128(%rbx,%r8), %zmm3
	vpdpbusd	16(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	20(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	192(%r11,%rcx)
	prefetcht1	192(%rdi,%rcx)
	vmovdqa64	192(%rbx,%r8), %zmm3
	vpdpbusd	24(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	28(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	256(%r11,%rcx)
	prefetcht1	256(%rdi,%rcx)
	vmovdqa64	256(%rbx,%r8), %zmm3
	vpdpbusd	32(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	36(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	320(%r11,%rcx)
	prefetcht1	320(%rdi,%rcx)
	vmovdqa64	320(%rbx,%r8), %zmm3
	vpdpbusd	40(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	44(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	384(%r11,%rcx)
	prefetcht1	384(%rdi,%rcx)
	vmovdqa64	384(%rbx,%r8), %zmm3
	vpdpbusd	48(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	52(%rbp,%r9){1to16}, %zmm3, %zmm2
	#MEMBARRIER
	prefetcht0	448(%r11,%rcx)
	prefetcht1	448(%rdi,%rcx)
	vmovdqa64	448(%rbx,%r8), %zmm3
	vpdpbusd	56(%rbp,%r9){1to16}, %zmm3, %zmm4
	vpdpbusd	60(%rbp,%r9){1to16}, %zmm3, %zmm2
	vpslld	$8, %zmm4, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm3
	vmulps	64(%rbp,%r9){1to16}, %zmm0, %zmm2
	vcvtdq2ps	%zmm3, %zmm3
	vfmadd213ps	%zmm1, %zmm3, %zmm2
	vpbroadcastd	140(%rbp,%r9), %zmm1
	#MEMBARRIER
	vmovdqa64	512(%rbx,%r8), %zmm4
	prefetcht0	512(%r11,%rcx)
	vxorps	%xmm3, %xmm3, %xmm3
	vpdpbusd	72(%rbp,%r9){1to16}, %zmm4, %zmm3
	vpdpbusd	76(%rbp,%r9){1to16}, %zmm4, %zmm1
	prefetcht1	512(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	576(%r11,%rcx)
	vmovdqa64	576(%rbx,%r8), %zmm4
	vpdpbusd	80(%rbp,%r9){1to16}, %zmm4, %zmm3
	prefetcht1	576(%rdi,%rcx)
	vpdpbusd	84(%rbp,%r9){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	640(%r11,%rcx)
	vmovdqa64	640(%rbx,%r8), %zmm4
	prefetcht1	640(%rdi,%rcx)
	vpdpbusd	88(%rbp,%r9){1to16}, %zmm4, %zmm3
	vpdpbusd	92(%rbp,%r9){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	704(%r11,%rcx)
	vmovdqa64	704(%rbx,%r8), %zmm4
	vpdpbusd	96(%rbp,%r9){1to16}, %zmm4, %zmm3
	vpdpbusd	100(%rbp,%r9){1to16}, %zmm4, %zmm1
	prefetcht1	704(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	768(%r11,%rcx)
	vmovdqa64	768(%rbx,%r8), %zmm4
	vpdpbusd	104(%rbp,%r9){1to16}, %zmm4, %zmm3
	prefetcht1	768(%rdi,%rcx)
	vpdpbusd	108(%rbp,%r9){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	832(%r11,%rcx)
	vmovdqa64	832(%rbx,%r8), %zmm4
	prefetcht1	832(%rdi,%rcx)
	vpdpbusd	112(%rbp,%r9){1to16}, %zmm4, %zmm3
	vpdpbusd	116(%rbp,%r9){1to16}, %zmm4, %zmm1
	#MEMBARRIER
	prefetcht0	896(%r11,%rcx)
	vmovdqa64	896(%rbx,%r8), %zmm4
	vpdpbusd	120(%rbp,%r9){1to16}, %zmm4, %zmm3
	vpdpbusd	124(%rbp,%r9){1to16}, %zmm4, %zmm1
	prefetcht1	896(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	960(%r11,%rcx)
	vmovdqa64	960(%rbx,%r8), %zmm4
	vpdpbusd	128(%rbp,%r9){1to16}, %zmm4, %zmm3
	prefetcht1	960(%rdi,%rcx)
	vpdpbusd	132(%rbp,%r9){1to16}, %zmm4, %zmm1
	vpslld	$8, %zmm3, %zmm3
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm3
	vmulps	136(%rbp,%r9){1to16}, %zmm0, %zmm1
	vfmadd213ps	%zmm2, %zmm3, %zmm1
	addq	$144, %r9
	addq	$1024, %r8
	cmpq	$49152, %r8
	jl	.LBB0_6
	shlq	$12, %r12
	vaddps	(%r14,%r12), %zmm1, %zmm1
	vmovups	%zmm1, (%r15,%r12)
	movq	%r13, %r12
	cmpq	%r10, %r12
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
	.size	matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319, .Lfunc_end0-matmul_i8_row_r16_i16_1024x3072_1x1_rows_f2f2dbcfdce93319

	.section	".note.GNU-stack","",@progbits
