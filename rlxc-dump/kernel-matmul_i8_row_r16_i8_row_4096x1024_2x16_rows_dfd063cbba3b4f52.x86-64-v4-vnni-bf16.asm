	.file	"matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52"
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
	.text
	.globl	matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52
	.p2align	4
	.type	matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52,@function
matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$65792, %rsp
	movq	%rdx, 56(%rsp)
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdx
	movq	(%rcx), %rax
	movq	8(%rcx), %rdi
	movq	%rdi, 48(%rsp)
	movq	16(%rcx), %rcx
	movq	%rcx, 96(%rsp)
	movq	16(%rdx), %rcx
	movq	%rcx, 88(%rsp)
	leaq	15(%rcx), %rdi
	shrq	$4, %rdi
	vmovaps	.LCPI0_0(%rip), %zmm0
	movl	$64, %r11d
	movq	%rdi, 72(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	tilerelease
	movq	64(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	56(%rsp), %rsi
	jge	.LBB0_20
	imulq	$32896, %rsi, %rcx
	movq	48(%rsp), %rdx
	leaq	(%rdx,%rcx), %r14
	addq	$64, %r14
	vmovaps	(%rdx,%rcx), %zmm1
	leaq	16512(%rdx,%rcx), %r15
	vmovaps	16448(%rdx,%rcx), %zmm2
	vmovaps	%zmm0, 128(%rsp)
	ldtilecfg	128(%rsp)
	movq	%rsi, 64(%rsp)
	shlq	$7, %rsi
	movq	%rsi, 112(%rsp)
	leaq	64(%rsi), %rcx
	movq	%rcx, 104(%rsp)
	xorl	%r13d, %r13d
	jmp	.LBB0_3
	.p2align	4
.LBB0_11:
	movq	80(%rsp), %r13
	movq	72(%rsp), %rdi
.LBB0_3:
	cmpq	%rdi, %r13
	jge	.LBB0_4
	leaq	32(%r13), %rcx
	cmpq	%rdi, %rcx
	movq	%rcx, 80(%rsp)
	cmovlq	%rcx, %rdi
	movq	%rdi, 40(%rsp)
	leaq	-1(%rdi), %rcx
	movq	%rcx, 120(%rsp)
	xorl	%edx, %edx
	jmp	.LBB0_6
	.p2align	4
.LBB0_8:
	addq	$1024, %rdx
	cmpq	$1024, %rdx
	jge	.LBB0_9
.LBB0_6:
	movl	$1024, %ebx
	subq	%rdx, %rbx
	cmpq	$1025, %rbx
	movl	$1024, %ecx
	cmovgeq	%rcx, %rbx
	movq	%r13, %rcx
	jmp	.LBB0_7
	.p2align	4
.LBB0_14:
	tilestored	%tmm0, (%r13,%r11)
	leaq	1024(%r13), %rdi
	tilestored	%tmm1, (%rdi,%r11)
	leaq	2048(%r13), %rdi
	tilestored	%tmm2, (%rdi,%r11)
	addq	$3072, %r13
	tilestored	%tmm3, (%r13,%r11)
	addq	$2, %rcx
	movq	%rsi, %r13
.LBB0_7:
	cmpq	40(%rsp), %rcx
	jge	.LBB0_8
	leaq	1(%rcx), %rdi
	movq	120(%rsp), %rsi
	cmpq	%rsi, %rdi
	cmovgeq	%rsi, %rdi
	imulq	$16512, %rcx, %r8
	addq	%rax, %r8
	imulq	$16512, %rdi, %rdi
	addq	%rax, %rdi
	movq	%rcx, %r12
	movq	%r13, %rsi
	subq	%r13, %r12
	shlq	$11, %r12
	leaq	(%rsp,%r12), %r13
	addq	$192, %r13
	tilezero	%tmm0
	tilezero	%tmm1
	tilezero	%tmm2
	tilezero	%tmm3
	xorl	%r12d, %r12d
	cmpq	%rbx, %r12
	jge	.LBB0_14
	.p2align	4
.LBB0_15:
	leaq	(%rdx,%r12), %r10
	shlq	$4, %r10
	leaq	(%r8,%r10), %r9
	tileloadd	(%r9,%r11), %tmm4
	leaq	(%rdi,%r10), %r9
	tileloadd	(%r9,%r11), %tmm5
	leaq	(%r14,%r10), %r9
	tileloadd	(%r9,%r11), %tmm6
	tdpbsud	%tmm6, %tmm4, %tmm0
	tdpbsud	%tmm6, %tmm5, %tmm2
	addq	%r15, %r10
	tileloadd	(%r10,%r11), %tmm7
	tdpbsud	%tmm7, %tmm4, %tmm1
	tdpbsud	%tmm7, %tmm5, %tmm3
	addq	$64, %r12
	cmpq	%rbx, %r12
	jl	.LBB0_15
	jmp	.LBB0_14
	.p2align	4
.LBB0_9:
	movq	%r13, %rcx
	jmp	.LBB0_10
	.p2align	4
.LBB0_18:
	incq	%rcx
.LBB0_10:
	cmpq	40(%rsp), %rcx
	jge	.LBB0_11
	movq	%rcx, %rdx
	subq	%r13, %rdx
	shlq	$11, %rdx
	addq	%rsp, %rdx
	addq	$192, %rdx
	movq	%rcx, %rsi
	shlq	$4, %rsi
	imulq	$16512, %rcx, %rdi
	addq	%rax, %rdi
	movq	88(%rsp), %r8
	subq	%rsi, %r8
	cmpq	$16, %r8
	movl	$16, %r9d
	cmovgeq	%r9, %r8
	xorl	%ebx, %ebx
	cmpq	%r8, %rbx
	jge	.LBB0_18
	.p2align	4
.LBB0_19:
	movq	%rbx, %r9
	shlq	$6, %r9
	vpbroadcastd	16448(%rdi,%rbx,4), %zmm3
	vpaddd	(%rdx,%r9), %zmm3, %zmm4
	vpaddd	1024(%rdx,%r9), %zmm3, %zmm3
	vbroadcastss	16384(%rdi,%rbx,4), %zmm5
	vcvtdq2ps	%zmm4, %zmm4
	vmulps	%zmm5, %zmm1, %zmm6
	vmulps	%zmm6, %zmm4, %zmm4
	vcvtdq2ps	%zmm3, %zmm3
	vmulps	%zmm5, %zmm2, %zmm5
	vmulps	%zmm5, %zmm3, %zmm3
	leaq	(%rsi,%rbx), %r9
	shlq	$14, %r9
	addq	96(%rsp), %r9
	movq	112(%rsp), %r10
	vmovups	%zmm4, (%r10,%r9)
	movq	104(%rsp), %r10
	vmovups	%zmm3, (%r10,%r9)
	incq	%rbx
	cmpq	%r8, %rbx
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
	.size	matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52, .Lfunc_end0-matmul_i8_row_r16_i8_row_4096x1024_2x16_rows_dfd063cbba3b4f52

	.section	".note.GNU-stack","",@progbits
