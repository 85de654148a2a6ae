	.file	"norm_quant_i16_3072_t8_out_7b6916d999a33e04"
	.text
	.globl	norm_quant_i16_3072_t8_out_7b6916d999a33e04
	.p2align	4
	.type	norm_quant_i16_3072_t8_out_7b6916d999a33e04,@function
norm_quant_i16_3072_t8_out_7b6916d999a33e04:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$576, %rsp
	movq	%rdi, %rbx
	movq	8(%rdi), %r12
	movq	32(%r12), %r13
	cmpq	$1, %r13
	jne	.LBB0_2
	vmovups	(%r12), %zmm0
	vmovaps	%zmm0, (%rsp)
	vmovups	64(%r12), %zmm0
	vmovaps	%zmm0, 64(%rsp)
	movq	32(%r12), %rax
	movq	%rax, 16(%rsp)
	vmovups	(%rbx), %zmm0
	vmovaps	%zmm0, 128(%rsp)
	movq	64(%rbx), %rax
	movq	%rax, 192(%rsp)
	movq	%rsp, %rax
	movq	%rax, 136(%rsp)
	leaq	128(%rsp), %rdi
	movq	%rsi, %r14
	movq	%rdx, %r15
	vzeroupper
	callq	norm_quant_i16_3072_t1_rows_c8375714a3b0e26c@PLT
	movq	%r14, %rsi
	movq	%r15, %rdx
.LBB0_2:
	cmpq	$1, %r13
	je	.LBB0_4
	vmovups	(%r12), %zmm0
	vmovaps	%zmm0, 256(%rsp)
	vmovups	64(%r12), %zmm0
	vmovaps	%zmm0, 320(%rsp)
	movq	32(%r12), %rax
	movq	%rax, 272(%rsp)
	vmovups	(%rbx), %zmm0
	vmovaps	%zmm0, 384(%rsp)
	movq	64(%rbx), %rax
	movq	%rax, 448(%rsp)
	leaq	256(%rsp), %rax
	movq	%rax, 392(%rsp)
	leaq	384(%rsp), %rdi
	vzeroupper
	callq	norm_quant_i16_3072_t8_rows_96018281217aa8a4@PLT
.LBB0_4:
	leaq	-40(%rbp), %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	retq
.Lfunc_end0:
	.size	norm_quant_i16_3072_t8_out_7b6916d999a33e04, .Lfunc_end0-norm_quant_i16_3072_t8_out_7b6916d999a33e04

	.section	".note.GNU-stack","",@progbits
