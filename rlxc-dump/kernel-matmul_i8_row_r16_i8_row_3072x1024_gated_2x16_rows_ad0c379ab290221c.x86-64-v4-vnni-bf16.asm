	.file	"matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c"
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_0:
	.byte	1
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_1:
	.long	0x80000000
.LCPI0_2:
	.long	0x4b400000
.LCPI0_3:
	.long	0xbfb8aa3b
.LCPI0_4:
	.long	0xbf318000
.LCPI0_5:
	.long	0x395e8083
.LCPI0_6:
	.long	0x3ab5112a
.LCPI0_7:
	.long	0x3c091d81
.LCPI0_8:
	.long	0x3d2aac7c
.LCPI0_9:
	.long	0x3e2aaa48
.LCPI0_10:
	.long	0x3efffffe
.LCPI0_11:
	.long	0x3f800000
.LCPI0_12:
	.long	0xc2ae999a
.LCPI0_13:
	.long	0x42b17217
.LCPI0_14:
	.long	0x7f800000
	.text
	.globl	matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c
	.p2align	4
	.type	matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c,@function
matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$65792, %rsp
	movq	%rdx, 80(%rsp)
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdx
	movq	(%rcx), %rax
	movq	%rax, 48(%rsp)
	movq	8(%rcx), %rdi
	movq	%rdi, 72(%rsp)
	movq	16(%rcx), %rcx
	movq	%rcx, 64(%rsp)
	movq	16(%rdx), %rcx
	movq	%rcx, 112(%rsp)
	leaq	15(%rcx), %rdi
	vmovaps	.LCPI0_0(%rip), %zmm0
	shrq	$4, %rdi
	movl	$64, %r11d
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
	vbroadcastss	.LCPI0_13(%rip), %zmm13
	movq	%rdi, 96(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	tilerelease
	movq	88(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	80(%rsp), %rsi
	jge	.LBB0_20
	imulq	$32896, %rsi, %rcx
	movq	72(%rsp), %rdx
	leaq	(%rdx,%rcx), %r14
	addq	$64, %r14
	vmovaps	(%rdx,%rcx), %zmm14
	leaq	16512(%rdx,%rcx), %r15
	vmovaps	16448(%rdx,%rcx), %zmm15
	vmovaps	%zmm0, 128(%rsp)
	ldtilecfg	128(%rsp)
	movq	%rsi, 88(%rsp)
	shlq	$6, %rsi
	addq	64(%rsp), %rsi
	movq	%rsi, 120(%rsp)
	xorl	%r12d, %r12d
	jmp	.LBB0_3
	.p2align	4
.LBB0_11:
	movq	104(%rsp), %r12
	movq	96(%rsp), %rdi
.LBB0_3:
	cmpq	%rdi, %r12
	jge	.LBB0_4
	leaq	32(%r12), %rax
	cmpq	%rdi, %rax
	movq	%rax, 104(%rsp)
	cmovlq	%rax, %rdi
	movq	%rdi, 56(%rsp)
	leaq	-1(%rdi), %rdx
	xorl	%ecx, %ecx
	jmp	.LBB0_6
	.p2align	4
.LBB0_8:
	addq	$1024, %rcx
	cmpq	$1024, %rcx
	jge	.LBB0_9
.LBB0_6:
	movl	$1024, %esi
	subq	%rcx, %rsi
	cmpq	$1025, %rsi
	movl	$1024, %edi
	cmovgeq	%rdi, %rsi
	movq	%r12, %rdi
	jmp	.LBB0_7
	.p2align	4
.LBB0_14:
	tilestored	%tmm0, (%r10,%r11)
	leaq	1024(%r10), %r8
	tilestored	%tmm1, (%r8,%r11)
	leaq	2048(%r10), %r8
	tilestored	%tmm2, (%r8,%r11)
	addq	$3072, %r10
	tilestored	%tmm3, (%r10,%r11)
	addq	$2, %rdi
	movq	%rax, %r12
.LBB0_7:
	cmpq	56(%rsp), %rdi
	jge	.LBB0_8
	leaq	1(%rdi), %r10
	cmpq	%rdx, %r10
	cmovgeq	%rdx, %r10
	imulq	$16512, %rdi, %r8
	movq	48(%rsp), %rax
	addq	%rax, %r8
	imulq	$16512, %r10, %rbx
	addq	%rax, %rbx
	movq	%rdi, %r10
	movq	%r12, %rax
	subq	%r12, %r10
	shlq	$11, %r10
	addq	%rsp, %r10
	addq	$192, %r10
	tilezero	%tmm0
	tilezero	%tmm1
	tilezero	%tmm2
	tilezero	%tmm3
	xorl	%r12d, %r12d
	cmpq	%rsi, %r12
	jge	.LBB0_14
	.p2align	4
.LBB0_15:
	leaq	(%rcx,%r12), %r13
	shlq	$4, %r13
	leaq	(%r8,%r13), %r9
	tileloadd	(%r9,%r11), %tmm4
	leaq	(%rbx,%r13), %r9
	tileloadd	(%r9,%r11), %tmm5
	leaq	(%r14,%r13), %r9
	tileloadd	(%r9,%r11), %tmm6
	tdpbsud	%tmm6, %tmm4, %tmm0
	tdpbsud	%tmm6, %tmm5, %tmm2
	addq	%r15, %r13
	tileloadd	(%r13,%r11), %tmm7
	tdpbsud	%tmm7, %tmm4, %tmm1
	tdpbsud	%tmm7, %tmm5, %tmm3
	addq	$64, %r12
	cmpq	%rsi, %r12
	jl	.LBB0_15
	jmp	.LBB0_14
	.p2align	4
.LBB0_9:
	movq	%r12, %rdx
	jmp	.LBB0_10
	.p2align	4
.LBB0_18:
	incq	%rdx
.LBB0_10:
	cmpq	56(%rsp), %rdx
	jge	.LBB0_11
	movq	%rdx, %rcx
	subq	%r12, %rcx
	shlq	$11, %rcx
	addq	%rsp, %rcx
	addq	$192, %rcx
	movq	%rdx, %rsi
	shlq	$4, %rsi
	imulq	$16512, %rdx, %rdi
	addq	48(%rsp), %rdi
	movq	112(%rsp), %r8
	subq	%rsi, %r8
	cmpq	$16, %r8
	movl	$16, %r9d
	cmovgeq	%r9, %r8
	xorl	%r10d, %r10d
	cmpq	%r8, %r10
	jge	.LBB0_18
	.p2align	4
.LBB0_19:
	movq	%r10, %r9
	shlq	$6, %r9
	vpbroadcastd	16448(%rdi,%r10,4), %zmm16
	vpaddd	(%rcx,%r9), %zmm16, %zmm17
	vpaddd	1024(%rcx,%r9), %zmm16, %zmm16
	vbroadcastss	16384(%rdi,%r10,4), %zmm18
	vcvtdq2ps	%zmm17, %zmm17
	vmulps	%zmm18, %zmm14, %zmm19
	vmulps	%zmm19, %zmm17, %zmm17
	vcvtdq2ps	%zmm16, %zmm16
	vmulps	%zmm18, %zmm15, %zmm18
	vmulps	%zmm18, %zmm16, %zmm16
	leaq	(%rsi,%r10), %rbx
	vxorps	%zmm1, %zmm17, %zmm18
	vmovaps	%zmm2, %zmm19
	vfmadd231ps	%zmm3, %zmm17, %zmm19
	vsubps	%zmm2, %zmm19, %zmm20
	vmovaps	%zmm17, %zmm21
	vfmsub231ps	%zmm4, %zmm20, %zmm21
	vfmadd231ps	%zmm5, %zmm20, %zmm21
	vmulps	%zmm21, %zmm21, %zmm20
	vmovaps	%zmm6, %zmm22
	vfmadd213ps	%zmm7, %zmm21, %zmm22
	vfmadd213ps	%zmm8, %zmm21, %zmm22
	vfmadd213ps	%zmm9, %zmm21, %zmm22
	vfmadd213ps	%zmm10, %zmm21, %zmm22
	vfmadd213ps	%zmm21, %zmm20, %zmm22
	vaddps	%zmm11, %zmm22, %zmm20
	vpslld	$23, %zmm19, %zmm19
	vpaddd	%zmm19, %zmm20, %zmm19
	vcmpnltps	%zmm12, %zmm18, %k1
	vcmpgtps	%zmm13, %zmm18, %k2
	vmovaps	%zmm19, %zmm18 {%k1} {z}
	vbroadcastss	.LCPI0_14(%rip), %zmm18 {%k2}
	vaddps	%zmm11, %zmm18, %zmm18
	vdivps	%zmm18, %zmm17, %zmm17
	leaq	(%rbx,%rbx,2), %r9
	shlq	$12, %r9
	vmulps	%zmm16, %zmm17, %zmm16
	movq	120(%rsp), %rbx
	vmovups	%zmm16, (%rbx,%r9)
	incq	%r10
	cmpq	%r8, %r10
	jl	.LBB0_19
	jmp	.LBB0_18
.LBB0_20:
	leaq	-40(%rbp), %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c, .Lfunc_end0-matmul_i8_row_r16_i8_row_3072x1024_gated_2x16_rows_ad0c379ab290221c

	.section	".note.GNU-stack","",@progbits
