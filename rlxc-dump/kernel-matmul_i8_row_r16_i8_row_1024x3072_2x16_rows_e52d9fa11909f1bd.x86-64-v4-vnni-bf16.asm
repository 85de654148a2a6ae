	.file	"matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd"
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
	.globl	matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd
	.p2align	4
	.type	matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd,@function
matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$65792, %rsp
	movq	%rdx, 72(%rsp)
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdx
	movq	(%rcx), %rax
	movq	%rax, 40(%rsp)
	movq	8(%rcx), %rax
	movq	%rax, 64(%rsp)
	movq	16(%rcx), %rdi
	movq	24(%rcx), %r14
	movq	16(%rdx), %rax
	movq	%rax, 120(%rsp)
	leaq	15(%rax), %rdx
	shrq	$4, %rdx
	vmovaps	.LCPI0_0(%rip), %zmm0
	movl	$64, %ebx
	movq	%rdi, 104(%rsp)
	movq	%r14, 96(%rsp)
	movq	%rdx, 88(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	tilerelease
	movq	80(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	72(%rsp), %rsi
	jge	.LBB0_24
	imulq	$98432, %rsi, %rcx
	movq	64(%rsp), %rax
	leaq	(%rax,%rcx), %r15
	addq	$64, %r15
	vmovaps	(%rax,%rcx), %zmm1
	leaq	49280(%rax,%rcx), %r12
	vmovaps	49216(%rax,%rcx), %zmm2
	vmovaps	%zmm0, 128(%rsp)
	ldtilecfg	128(%rsp)
	movq	%rsi, 80(%rsp)
	movq	%rsi, %r13
	shlq	$7, %r13
	xorl	%esi, %esi
	jmp	.LBB0_3
	.p2align	4
.LBB0_11:
	movq	112(%rsp), %rsi
	movq	88(%rsp), %rdx
.LBB0_3:
	cmpq	%rdx, %rsi
	jge	.LBB0_4
	leaq	32(%rsi), %rax
	cmpq	%rdx, %rax
	movq	%rax, 112(%rsp)
	cmovlq	%rax, %rdx
	movq	%rdx, 56(%rsp)
	leaq	-1(%rdx), %rax
	movq	%rax, 32(%rsp)
	xorl	%r14d, %r14d
	movq	%rsi, 48(%rsp)
	jmp	.LBB0_6
	.p2align	4
.LBB0_8:
	addq	$1024, %r14
	cmpq	$3072, %r14
	jge	.LBB0_9
.LBB0_6:
	movl	$3072, %r11d
	subq	%r14, %r11
	cmpq	$1025, %r11
	movl	$1024, %eax
	cmovgeq	%rax, %r11
	testq	%r14, %r14
	setne	%r9b
	movq	%rsi, %rdx
	jmp	.LBB0_7
	.p2align	4
.LBB0_18:
	tilestored	%tmm0, (%r8,%rbx)
	leaq	1024(%r8), %rcx
	tilestored	%tmm1, (%rcx,%rbx)
	leaq	2048(%r8), %rcx
	tilestored	%tmm2, (%rcx,%rbx)
	addq	$3072, %r8
	tilestored	%tmm3, (%r8,%rbx)
	addq	$2, %rdx
	movq	48(%rsp), %rsi
.LBB0_7:
	cmpq	56(%rsp), %rdx
	jge	.LBB0_8
	leaq	1(%rdx), %rdi
	movq	32(%rsp), %rax
	cmpq	%rax, %rdi
	cmovgeq	%rax, %rdi
	testq	%r14, %r14
	jne	.LBB0_14
	tilezero	%tmm0
	tilezero	%tmm1
	tilezero	%tmm2
	tilezero	%tmm3
.LBB0_14:
	movq	%rdx, %rcx
	subq	%rsi, %rcx
	shlq	$11, %rcx
	leaq	(%rsp,%rcx), %r8
	addq	$192, %r8
	testb	%r9b, %r9b
	je	.LBB0_16
	tileloadd	(%r8,%rbx), %tmm0
	leaq	1024(%r8), %rcx
	tileloadd	(%rcx,%rbx), %tmm1
	leaq	2048(%r8), %rcx
	tileloadd	(%rcx,%rbx), %tmm2
	leaq	3072(%r8), %rcx
	tileloadd	(%rcx,%rbx), %tmm3
.LBB0_16:
	imulq	$49280, %rdx, %rcx
	movq	40(%rsp), %rax
	addq	%rax, %rcx
	imulq	$49280, %rdi, %rdi
	addq	%rax, %rdi
	xorl	%esi, %esi
	cmpq	%r11, %rsi
	jge	.LBB0_18
	.p2align	4
.LBB0_19:
	leaq	(%r14,%rsi), %r10
	shlq	$4, %r10
	leaq	(%rcx,%r10), %rax
	tileloadd	(%rax,%rbx), %tmm4
	leaq	(%rdi,%r10), %rax
	tileloadd	(%rax,%rbx), %tmm5
	leaq	(%r15,%r10), %rax
	tileloadd	(%rax,%rbx), %tmm6
	tdpbsud	%tmm6, %tmm4, %tmm0
	tdpbsud	%tmm6, %tmm5, %tmm2
	addq	%r12, %r10
	tileloadd	(%r10,%rbx), %tmm7
	tdpbsud	%tmm7, %tmm4, %tmm1
	tdpbsud	%tmm7, %tmm5, %tmm3
	addq	$64, %rsi
	cmpq	%r11, %rsi
	jl	.LBB0_19
	jmp	.LBB0_18
	.p2align	4
.LBB0_9:
	movq	%rsi, %rcx
	movq	104(%rsp), %rdi
	movq	96(%rsp), %r14
	jmp	.LBB0_10
	.p2align	4
.LBB0_22:
	movq	32(%rsp), %rcx
	incq	%rcx
	movq	48(%rsp), %rsi
.LBB0_10:
	cmpq	56(%rsp), %rcx
	jge	.LBB0_11
	movq	%rcx, %rax
	subq	%rsi, %rax
	shlq	$11, %rax
	leaq	(%rsp,%rax), %r8
	addq	$192, %r8
	movq	%rcx, %r9
	shlq	$4, %r9
	movq	%rcx, 32(%rsp)
	imulq	$49280, %rcx, %r10
	addq	40(%rsp), %r10
	movq	120(%rsp), %r11
	subq	%r9, %r11
	cmpq	$16, %r11
	movl	$16, %eax
	cmovgeq	%rax, %r11
	xorl	%ecx, %ecx
	cmpq	%r11, %rcx
	jge	.LBB0_22
	.p2align	4
.LBB0_23:
	movq	%rcx, %rax
	shlq	$6, %rax
	vpbroadcastd	49216(%r10,%rcx,4), %zmm3
	vpaddd	(%r8,%rax), %zmm3, %zmm4
	vpaddd	1024(%r8,%rax), %zmm3, %zmm3
	vbroadcastss	49152(%r10,%rcx,4), %zmm5
	vcvtdq2ps	%zmm4, %zmm4
	vmulps	%zmm5, %zmm1, %zmm6
	vmulps	%zmm6, %zmm4, %zmm4
	vcvtdq2ps	%zmm3, %zmm3
	vmulps	%zmm5, %zmm2, %zmm5
	leaq	(%r9,%rcx), %rax
	shlq	$12, %rax
	leaq	(%r14,%rax), %rsi
	addq	%rdi, %rax
	vaddps	(%r13,%rax), %zmm4, %zmm4
	vmovups	%zmm4, (%r13,%rsi)
	vmulps	%zmm5, %zmm3, %zmm3
	leaq	64(%r13), %rdx
	vaddps	(%rdx,%rax), %zmm3, %zmm3
	vmovups	%zmm3, (%rdx,%rsi)
	incq	%rcx
	cmpq	%r11, %rcx
	jl	.LBB0_23
	jmp	.LBB0_22
.LBB0_24:
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
	.size	matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd, .Lfunc_end0-matmul_i8_row_r16_i8_row_1024x3072_2x16_rows_e52d9fa11909f1bd

	.section	".note.GNU-stack","",@progbits
