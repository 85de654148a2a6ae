	.file	"matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660"
	.text
	.globl	matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660
	.p2align	4
	.type	matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660,@function
matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660:
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
	callq	matmul_i8_row_r16_i16_1024x2048_1x1_rows_8ddc4f48c35a68fa@PLT
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
	callq	matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f@PLT
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
	.size	matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660, .Lfunc_end0-matmul_i8_row_r16_i16_1024x2048_1x8_out_bfe78ef1b729c660

	.section	".note.GNU-stack","",@progbits
