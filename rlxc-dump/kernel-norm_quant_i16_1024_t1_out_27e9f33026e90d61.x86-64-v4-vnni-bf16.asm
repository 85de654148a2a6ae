	.file	"norm_quant_i16_1024_t1_out_27e9f33026e90d61"
	.text
	.globl	norm_quant_i16_1024_t1_out_27e9f33026e90d61
	.p2align	4
	.type	norm_quant_i16_1024_t1_out_27e9f33026e90d61,@function
norm_quant_i16_1024_t1_out_27e9f33026e90d61:
	pushq	%rbp
	movq	%rsp, %rbp
	andq	$-64, %rsp
	subq	$320, %rsp
	movq	8(%rdi), %rax
	vmovups	(%rax), %zmm0
	vmovaps	%zmm0, (%rsp)
	vmovups	64(%rax), %zmm0
	vmovaps	%zmm0, 64(%rsp)
	movq	32(%rax), %rax
	movq	%rax, 16(%rsp)
	vmovups	(%rdi), %zmm0
	vmovaps	%zmm0, 128(%rsp)
	movq	64(%rdi), %rax
	movq	%rax, 192(%rsp)
	movq	%rsp, %rax
	movq	%rax, 136(%rsp)
	leaq	128(%rsp), %rdi
	vzeroupper
	callq	norm_quant_i16_1024_t1_rows_905b58eea70974c0@PLT
	movq	%rbp, %rsp
	popq	%rbp
	retq
.Lfunc_end0:
	.size	norm_quant_i16_1024_t1_out_27e9f33026e90d61, .Lfunc_end0-norm_quant_i16_1024_t1_out_27e9f33026e90d61

	.section	".note.GNU-stack","",@progbits
