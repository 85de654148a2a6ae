	.file	"embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	128
	.text
	.globl	embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31
	.p2align	4
	.type	embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31,@function
embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31:
	pushq	%r14
	pushq	%rbx
	movq	(%rdi), %rdi
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	16(%rdi), %rdi
	movl	$151935, %r8d
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	cmpq	%rdx, %rsi
	jge	.LBB0_5
	.p2align	4
.LBB0_2:
	movl	(%rax,%rsi,4), %r9d
	cmpq	$151935, %r9
	cmovgel	%r8d, %r9d
	movl	%r9d, %r10d
	andl	$15, %r10d
	shrl	$4, %r9d
	imulq	$16448, %r9, %r11
	addq	%rcx, %r11
	movq	%rsi, %r9
	shlq	$12, %r9
	addq	%rdi, %r9
	vbroadcastss	(%r11,%r10,4), %zmm1
	leaq	(%r11,%r10,4), %r10
	addq	$64, %r10
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_3:
	movq	%r11, %r14
	shlq	$10, %r14
	movq	%r11, %rbx
	shlq	$8, %rbx
	vmovd	(%r10,%r14), %xmm2
	vpinsrd	$1, 64(%r10,%r14), %xmm2, %xmm2
	vpinsrd	$2, 128(%r10,%r14), %xmm2, %xmm2
	vpinsrd	$3, 192(%r10,%r14), %xmm2, %xmm2
	vpmovzxbd	%xmm2, %zmm2
	vpsubd	%zmm0, %zmm2, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vmovd	256(%r10,%r14), %xmm3
	vpinsrd	$1, 320(%r10,%r14), %xmm3, %xmm3
	vmulps	%zmm1, %zmm2, %zmm2
	vpinsrd	$2, 384(%r10,%r14), %xmm3, %xmm3
	vpinsrd	$3, 448(%r10,%r14), %xmm3, %xmm3
	vmovups	%zmm2, (%r9,%rbx)
	vpmovzxbd	%xmm3, %zmm2
	vpsubd	%zmm0, %zmm2, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vmulps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 64(%r9,%rbx)
	vmovd	512(%r10,%r14), %xmm2
	vpinsrd	$1, 576(%r10,%r14), %xmm2, %xmm2
	vpinsrd	$2, 640(%r10,%r14), %xmm2, %xmm2
	vpinsrd	$3, 704(%r10,%r14), %xmm2, %xmm2
	vpmovzxbd	%xmm2, %zmm2
	vmovd	768(%r10,%r14), %xmm3
	vpsubd	%zmm0, %zmm2, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vpinsrd	$1, 832(%r10,%r14), %xmm3, %xmm3
	vpinsrd	$2, 896(%r10,%r14), %xmm3, %xmm3
	vmulps	%zmm1, %zmm2, %zmm2
	vpinsrd	$3, 960(%r10,%r14), %xmm3, %xmm3
	vpmovzxbd	%xmm3, %zmm3
	vpsubd	%zmm0, %zmm3, %zmm3
	vmovups	%zmm2, 128(%r9,%rbx)
	vcvtdq2ps	%zmm3, %zmm2
	vmulps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 192(%r9,%rbx)
	incq	%r11
	cmpq	$16, %r11
	jl	.LBB0_3
	incq	%rsi
	cmpq	%rdx, %rsi
	jl	.LBB0_2
.LBB0_5:
	popq	%rbx
	popq	%r14
	vzeroupper
	retq
.Lfunc_end0:
	.size	embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31, .Lfunc_end0-embed_i8_row_r16_151936x1024_rows_724a8a2f92236c31

	.section	".note.GNU-stack","",@progbits
