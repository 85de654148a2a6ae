	.file	"matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x80000000
.LCPI0_1:
	.long	0x4b400000
.LCPI0_2:
	.long	0xbfb8aa3b
.LCPI0_3:
	.long	0xbf318000
.LCPI0_4:
	.long	0x395e8083
.LCPI0_5:
	.long	0x3ab5112a
.LCPI0_6:
	.long	0x3c091d81
.LCPI0_7:
	.long	0x3d2aac7c
.LCPI0_8:
	.long	0x3e2aaa48
.LCPI0_9:
	.long	0x3efffffe
.LCPI0_10:
	.long	0x3f800000
.LCPI0_11:
	.long	0xc2ae999a
.LCPI0_12:
	.long	0x42b17217
.LCPI0_13:
	.long	0x7f800000
	.text
	.globl	matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3
	.p2align	4
	.type	matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3,@function
matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3:
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
	movq	16(%rcx), %rcx
	movq	%rcx, -16(%rsp)
	movq	16(%r8), %r9
	movl	64(%rdi), %r10d
	movl	68(%rdi), %edi
	vbroadcastss	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_1(%rip), %zmm1
	vbroadcastss	.LCPI0_2(%rip), %zmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_4(%rip), %zmm4
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vbroadcastss	.LCPI0_7(%rip), %zmm7
	vbroadcastss	.LCPI0_8(%rip), %zmm8
	vbroadcastss	.LCPI0_9(%rip), %zmm9
	vbroadcastss	.LCPI0_10(%rip), %zmm10
	vbroadcastss	.LCPI0_11(%rip), %zmm11
	vbroadcastss	.LCPI0_12(%rip), %zmm12
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%rsi
.LBB0_1:
	cmpq	-8(%rsp), %rsi
	jge	.LBB0_10
	imulq	$32896, %rsi, %rcx
	leaq	(%rdx,%rcx), %r11
	addq	$64, %r11
	vmovaps	(%rdx,%rcx), %zmm13
	leaq	(%rdx,%rcx), %rbx
	addq	$16512, %rbx
	vmovaps	16448(%rdx,%rcx), %zmm14
	movq	%rsi, %r14
	shlq	$6, %r14
	addq	-16(%rsp), %r14
	xorl	%r12d, %r12d
	cmpq	%r9, %r12
	jge	.LBB0_4
	.p2align	4
.LBB0_5:
	leaq	(%r12,%r12,8), %r13
	shlq	$8, %r13
	addq	%rax, %r13
	leaq	1(%r12), %r15
	vxorps	%xmm15, %xmm15, %xmm15
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_6:
	leaq	(%r11,%rbp), %rcx
	vpbroadcastd	68(%r13,%r8), %zmm16
	#MEMBARRIER
	prefetcht0	(%r10,%rcx)
	vmovdqa64	(%r11,%rbp), %zmm17
	prefetcht1	(%rdi,%rcx)
	vpxord	%xmm18, %xmm18, %xmm18
	vpdpbusd	(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	4(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	64(%r10,%rcx)
	prefetcht1	64(%rdi,%rcx)
	vmovdqa64	64(%r11,%rbp), %zmm17
	vpdpbusd	8(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	12(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	128(%r10,%rcx)
	prefetcht1	128(%rdi,%rcx)
	vmovdqa64	128(%r11,%rbp), %zmm17
	vpdpbusd	16(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	20(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	192(%r10,%rcx)
	prefetcht1	192(%rdi,%rcx)
	vmovdqa64	192(%r11,%rbp), %zmm17
	vpdpbusd	24(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	28(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	256(%r10,%rcx)
	prefetcht1	256(%rdi,%rcx)
	vmovdqa64	256(%r11,%rbp), %zmm17
	vpdpbusd	32(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	36(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	320(%r10,%rcx)
	prefetcht1	320(%rdi,%rcx)
	vmovdqa64	320(%r11,%rbp), %zmm17
	vpdpbusd	40(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	44(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	384(%r10,%rcx)
	prefetcht1	384(%rdi,%rcx)
	vmovdqa64	384(%r11,%rbp), %zmm17
	vpdpbusd	48(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	52(%r13,%r8){1to16}, %zmm17, %zmm16
	#MEMBARRIER
	prefetcht0	448(%r10,%rcx)
	prefetcht1	448(%rdi,%rcx)
	vmovdqa64	448(%r11,%rbp), %zmm17
	vpdpbusd	56(%r13,%r8){1to16}, %zmm17, %zmm18
	vpdpbusd	60(%r13,%r8){1to16}, %zmm17, %zmm16
	vpslld	$8, %zmm18, %zmm17
	vpaddd	%zmm16, %zmm17, %zmm17
	vmulps	64(%r13,%r8){1to16}, %zmm13, %zmm16
	vcvtdq2ps	%zmm17, %zmm17
	vfmadd213ps	%zmm15, %zmm17, %zmm16
	vpbroadcastd	140(%r13,%r8), %zmm15
	#MEMBARRIER
	vmovdqa64	512(%r11,%rbp), %zmm18
	prefetcht0	512(%r10,%rcx)
	vxorps	%xmm17, %xmm17, %xmm17
	vpdpbusd	72(%r13,%r8){1to16}, %zmm18, %zmm17
	vpdpbusd	76(%r13,%r8){1to16}, %zmm18, %zmm15
	prefetcht1	512(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	576(%r10,%rcx)
	vmovdqa64	576(%r11,%rbp), %zmm18
	vpdpbusd	80(%r13,%r8){1to16}, %zmm18, %zmm17
	prefetcht1	576(%rdi,%rcx)
	vpdpbusd	84(%r13,%r8){1to16}, %zmm18, %zmm15
	#MEMBARRIER
	prefetcht0	640(%r10,%rcx)
	vmovdqa64	640(%r11,%rbp), %zmm18
	prefetcht1	640(%rdi,%rcx)
	vpdpbusd	88(%r13,%r8){1to16}, %zmm18, %zmm17
	vpdpbusd	92(%r13,%r8){1to16}, %zmm18, %zmm15
	#MEMBARRIER
	prefetcht0	704(%r10,%rcx)
	vmovdqa64	704(%r11,%rbp), %zmm18
	vpdpbusd	96(%r13,%r8){1to16}, %zmm18, %zmm17
	vpdpbusd	100(%r13,%r8){1to16}, %zmm18, %zmm15
	prefetcht1	704(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	768(%r10,%rcx)
	vmovdqa64	768(%r11,%rbp), %zmm18
	vpdpbusd	104(%r13,%r8){1to16}, %zmm18, %zmm17
	prefetcht1	768(%rdi,%rcx)
	vpdpbusd	108(%r13,%r8){1to16}, %zmm18, %zmm15
	#MEMBARRIER
	prefetcht0	832(%r10,%rcx)
	vmovdqa64	832(%r11,%rbp), %zmm18
	prefetcht1	832(%rdi,%rcx)
	vpdpbusd	112(%r13,%r8){1to16}, %zmm18, %zmm17
	vpdpbusd	116(%r13,%r8){1to16}, %zmm18, %zmm15
	#MEMBARRIER
	prefetcht0	896(%r10,%rcx)
	vmovdqa64	896(%r11,%rbp), %zmm18
	vpdpbusd	120(%r13,%r8){1to16}, %zmm18, %zmm17
	vpdpbusd	124(%r13,%r8){1to16}, %zmm18, %zmm15
	prefetcht1	896(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	960(%r10,%rcx)
	vmovdqa64	960(%r11,%rbp), %zmm18
	vpdpbusd	128(%r13,%r8){1to16}, %zmm18, %zmm17
	prefetcht1	960(%rdi,%rcx)
	vpdpbusd	132(%r13,%r8){1to16}, %zmm18, %zmm15
	vpslld	$8, %zmm17, %zmm17
	vpaddd	%zmm15, %zmm17, %zmm15
	vcvtdq2ps	%zmm15, %zmm17
	vmulps	136(%r13,%r8){1to16}, %zmm13, %zmm15
	vfmadd213ps	%zmm16, %zmm17, %zmm15
	addq	$144, %r8
	addq	$1024, %rbp
	cmpq	$16384, %rbp
	jl	.LBB0_6
	vxorps	%xmm16, %xmm16, %xmm16
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_8:
	leaq	(%rbx,%rbp), %rcx
	vpbroadcastd	68(%r13,%r8), %zmm17
	#MEMBARRIER
	prefetcht0	(%r10,%rcx)
	vmovdqa64	(%rbx,%rbp), %zmm18
	prefetcht1	(%rdi,%rcx)
	vpxord	%xmm19, %xmm19, %xmm19
	vpdpbusd	(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	4(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	64(%r10,%rcx)
	prefetcht1	64(%rdi,%rcx)
	vmovdqa64	64(%rbx,%rbp), %zmm18
	vpdpbusd	8(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	12(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	128(%r10,%rcx)
	prefetcht1	128(%rdi,%rcx)
	vmovdqa64	128(%rbx,%rbp), %zmm18
	vpdpbusd	16(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	20(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	192(%r10,%rcx)
	prefetcht1	192(%rdi,%rcx)
	vmovdqa64	192(%rbx,%rbp), %zmm18
	vpdpbusd	24(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	28(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	256(%r10,%rcx)
	prefetcht1	256(%rdi,%rcx)
	vmovdqa64	256(%rbx,%rbp), %zmm18
	vpdpbusd	32(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	36(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	320(%r10,%rcx)
	prefetcht1	320(%rdi,%rcx)
	vmovdqa64	320(%rbx,%rbp), %zmm18
	vpdpbusd	40(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	44(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	384(%r10,%rcx)
	prefetcht1	384(%rdi,%rcx)
	vmovdqa64	384(%rbx,%rbp), %zmm18
	vpdpbusd	48(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	52(%r13,%r8){1to16}, %zmm18, %zmm17
	#MEMBARRIER
	prefetcht0	448(%r10,%rcx)
	prefetcht1	448(%rdi,%rcx)
	vmovdqa64	448(%rbx,%rbp), %zmm18
	vpdpbusd	56(%r13,%r8){1to16}, %zmm18, %zmm19
	vpdpbusd	60(%r13,%r8){1to16}, %zmm18, %zmm17
	vpslld	$8, %zmm19, %zmm18
	vpaddd	%zmm17, %zmm18, %zmm18
	vmulps	64(%r13,%r8){1to16}, %zmm14, %zmm17
	vcvtdq2ps	%zmm18, %zmm18
	vfmadd213ps	%zmm16, %zmm18, %zmm17
	vpbroadcastd	140(%r13,%r8), %zmm16
	#MEMBARRIER
	vmovdqa64	512(%rbx,%rbp), %zmm19
	prefetcht0	512(%r10,%rcx)
	vxorps	%xmm18, %xmm18, %xmm18
	vpdpbusd	72(%r13,%r8){1to16}, %zmm19, %zmm18
	vpdpbusd	76(%r13,%r8){1to16}, %zmm19, %zmm16
	prefetcht1	512(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	576(%r10,%rcx)
	vmovdqa64	576(%rbx,%rbp), %zmm19
	vpdpbusd	80(%r13,%r8){1to16}, %zmm19, %zmm18
	prefetcht1	576(%rdi,%rcx)
	vpdpbusd	84(%r13,%r8){1to16}, %zmm19, %zmm16
	#MEMBARRIER
	prefetcht0	640(%r10,%rcx)
	vmovdqa64	640(%rbx,%rbp), %zmm19
	prefetcht1	640(%rdi,%rcx)
	vpdpbusd	88(%r13,%r8){1to16}, %zmm19, %zmm18
	vpdpbusd	92(%r13,%r8){1to16}, %zmm19, %zmm16
	#MEMBARRIER
	prefetcht0	704(%r10,%rcx)
	vmovdqa64	704(%rbx,%rbp), %zmm19
	vpdpbusd	96(%r13,%r8){1to16}, %zmm19, %zmm18
	vpdpbusd	100(%r13,%r8){1to16}, %zmm19, %zmm16
	prefetcht1	704(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	768(%r10,%rcx)
	vmovdqa64	768(%rbx,%rbp), %zmm19
	vpdpbusd	104(%r13,%r8){1to16}, %zmm19, %zmm18
	prefetcht1	768(%rdi,%rcx)
	vpdpbusd	108(%r13,%r8){1to16}, %zmm19, %zmm16
	#MEMBARRIER
	prefetcht0	832(%r10,%rcx)
	vmovdqa64	832(%rbx,%rbp), %zmm19
	prefetcht1	832(%rdi,%rcx)
	vpdpbusd	112(%r13,%r8){1to16}, %zmm19, %zmm18
	vpdpbusd	116(%r13,%r8){1to16}, %zmm19, %zmm16
	#MEMBARRIER
	prefetcht0	896(%r10,%rcx)
	vmovdqa64	896(%rbx,%rbp), %zmm19
	vpdpbusd	120(%r13,%r8){1to16}, %zmm19, %zmm18
	vpdpbusd	124(%r13,%r8){1to16}, %zmm19, %zmm16
	prefetcht1	896(%rdi,%rcx)
	#MEMBARRIER
	prefetcht0	960(%r10,%rcx)
	vmovdqa64	960(%rbx,%rbp), %zmm19
	vpdpbusd	128(%r13,%r8){1to16}, %zmm19, %zmm18
	prefetcht1	960(%rdi,%rcx)
	vpdpbusd	132(%r13,%r8){1to16}, %zmm19, %zmm16
	vpslld	$8, %zmm18, %zmm18
	vpaddd	%zmm16, %zmm18, %zmm16
	vcvtdq2ps	%zmm16, %zmm18
	vmulps	136(%r13,%r8){1to16}, %zmm14, %zmm16
	vfmadd213ps	%zmm17, %zmm18, %zmm16
	addq	$144, %r8
	addq	$1024, %rbp
	cmpq	$16384, %rbp
	jl	.LBB0_8
	leaq	(%r12,%r12,2), %rcx
	shlq	$12, %rcx
	vxorps	%zmm0, %zmm15, %zmm17
	vmovaps	%zmm1, %zmm18
	vfmadd231ps	%zmm2, %zmm15, %zmm18
	vsubps	%zmm1, %zmm18, %zmm19
	vmovaps	%zmm15, %zmm20
	vfmsub231ps	%zmm3, %zmm19, %zmm20
	vfmadd231ps	%zmm4, %zmm19, %zmm20
	vmulps	%zmm20, %zmm20, %zmm19
	vmovaps	%zmm5, %zmm21
	vfmadd213ps	%zmm6, %zmm20, %zmm21
	vfmadd213ps	%zmm7, %zmm20, %zmm21
	vfmadd213ps	%zmm8, %zmm20, %zmm21
	vfmadd213ps	%zmm9, %zmm20, %zmm21
	vfmadd213ps	%zmm20, %zmm19, %zmm21
	vaddps	%zmm10, %zmm21, %zmm19
	vpslld	$23, %zmm18, %zmm18
	vpaddd	%zmm18, %zmm19, %zmm18
	vcmpnltps	%zmm11, %zmm17, %k1
	vcmpgtps	%zmm12, %zmm17, %k2
	vmovaps	%zmm18, %zmm17 {%k1} {z}
	vbroadcastss	.LCPI0_13(%rip), %zmm17 {%k2}
	vaddps	%zmm10, %zmm17, %zmm17
	vdivps	%zmm17, %zmm15, %zmm15
	vmulps	%zmm16, %zmm15, %zmm15
	vmovups	%zmm15, (%r14,%rcx)
	movq	%r15, %r12
	cmpq	%r9, %r12
	jl	.LBB0_5
	jmp	.LBB0_4
.LBB0_10:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3, .Lfunc_end0-matmul_i8_row_r16_i16_3072x1024_gated_2x1_rows_9fd6224fb75634f3

	.section	".note.GNU-stack","",@progbits
