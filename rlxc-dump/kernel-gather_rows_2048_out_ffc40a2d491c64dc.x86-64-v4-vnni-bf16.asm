	.file	"gather_rows_2048_out_ffc40a2d491c64dc"
	.text
	.globl	gather_rows_2048_out_ffc40a2d491c64dc
	.p2align	4
	.type	gather_rows_2048_out_ffc40a2d491c64dc,@function
gather_rows_2048_out_ffc40a2d491c64dc:
	movq	(%rdi), %rdi
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	16(%rdi), %rdi
	cmpq	%rdx, %rsi
	jge	.LBB0_5
	.p2align	4
.LBB0_2:
	movl	(%rcx,%rsi,4), %r8d
	shlq	$13, %r8
	addq	%rax, %r8
	movq	%rsi, %r9
	shlq	$13, %r9
	addq	%rdi, %r9
	xorl	%r10d, %r10d
	.p2align	4
.LBB0_3:
	vmovups	(%r8,%r10), %zmm0
	vmovups	%zmm0, (%r9,%r10)
	addq	$64, %r10
	cmpq	$8192, %r10
	jl	.LBB0_3
	incq	%rsi
	cmpq	%rdx, %rsi
	jl	.LBB0_2
.LBB0_5:
	vzeroupper
	retq
.Lfunc_end0:
	.size	gather_rows_2048_out_ffc40a2d491c64dc, .Lfunc_end0-gather_rows_2048_out_ffc40a2d491c64dc

	.section	".note.GNU-stack","",@progbits
