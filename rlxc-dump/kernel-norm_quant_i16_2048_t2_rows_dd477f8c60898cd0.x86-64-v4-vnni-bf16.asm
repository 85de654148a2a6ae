	.file	"norm_quant_i16_2048_t2_rows_dd477f8c60898cd0"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x7fffffff
.LCPI0_1:
	.long	0x0d800000
.LCPI0_2:
	.long	0x46fefe00
.LCPI0_3:
	.long	0x4b400000
.LCPI0_4:
	.long	3032481920
.LCPI0_7:
	.long	4
	.section	.rodata.cst32,"aM",@progbits,32
	.p2align	5, 0x0
.LCPI0_5:
	.long	0
	.long	12
	.long	1
	.long	13
	.long	2
	.long	14
	.long	3
	.long	15
.LCPI0_6:
	.long	0
	.long	8
	.long	1
	.long	9
	.long	2
	.long	10
	.long	3
	.long	11
	.section	.rodata.cst16,"aM",@progbits,16
	.p2align	4, 0x0
.LCPI0_8:
	.long	0
	.long	4
	.long	8
	.long	12
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_9:
	.quad	0
	.quad	8
	.quad	1
	.quad	9
	.quad	2
	.quad	10
	.quad	3
	.quad	11
.LCPI0_10:
	.quad	4
	.quad	12
	.quad	5
	.quad	13
	.quad	6
	.quad	14
	.quad	7
	.quad	15
	.text
	.globl	norm_quant_i16_2048_t2_rows_dd477f8c60898cd0
	.p2align	4
	.type	norm_quant_i16_2048_t2_rows_dd477f8c60898cd0,@function
norm_quant_i16_2048_t2_rows_dd477f8c60898cd0:
	pushq	%r15
	pushq	%r14
	pushq	%rbx
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdi
	movq	(%rcx), %rax
	movq	8(%rcx), %rcx
	movq	16(%rdi), %rdi
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_1(%rip), %zmm1
	vbroadcastss	.LCPI0_2(%rip), %zmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vpbroadcastd	.LCPI0_3(%rip), %zmm4
	vpbroadcastd	.LCPI0_4(%rip), %zmm5
	vmovaps	.LCPI0_5(%rip), %ymm6
	vmovaps	.LCPI0_6(%rip), %ymm7
	vbroadcastss	.LCPI0_7(%rip), %zmm8
	vmovaps	.LCPI0_8(%rip), %xmm9
	leaq	-1(%rdi), %r8
	vpxor	%xmm10, %xmm10, %xmm10
	vmovdqa64	.LCPI0_9(%rip), %zmm11
	vmovdqa64	.LCPI0_10(%rip), %zmm12
	jmp	.LBB0_1
	.p2align	4
.LBB0_10:
	incq	%rsi
.LBB0_1:
	cmpq	%rdx, %rsi
	jge	.LBB0_11
	leaq	(%rsi,%rsi), %r9
	cmpq	%r8, %r9
	movq	%r8, %r10
	cmovlq	%r9, %r10
	shlq	$13, %r10
	addq	%rax, %r10
	leaq	1(,%rsi,2), %r11
	cmpq	%r8, %r11
	movq	%r8, %rbx
	cmovlq	%r11, %rbx
	shlq	$13, %rbx
	addq	%rax, %rbx
	leaq	(%rsi,%rsi,8), %r14
	shlq	$10, %r14
	addq	%rcx, %r14
	xorl	%r15d, %r15d
	jmp	.LBB0_3
	.p2align	4
.LBB0_8:
	vpxor	%xmm15, %xmm15, %xmm15
	vpxor	%xmm14, %xmm14, %xmm14
.LBB0_9:
	vpandd	%zmm0, %zmm17, %zmm13
	vpandd	%zmm0, %zmm18, %zmm19
	vpcmpgtd	%zmm13, %zmm19, %k1
	vpandd	%zmm0, %zmm18, %zmm13 {%k1}
	vpandd	%zmm0, %zmm14, %zmm19
	vpandd	%zmm0, %zmm15, %zmm20
	vpcmpgtd	%zmm19, %zmm20, %k1
	vpandd	%zmm0, %zmm15, %zmm19 {%k1}
	vshuff64x2	$238, %zmm19, %zmm13, %zmm20
	vinserti64x4	$1, %ymm19, %zmm13, %zmm13
	vpcmpgtd	%zmm20, %zmm13, %k1
	vmovaps	%zmm13, %zmm20 {%k1}
	vshuff64x2	$238, %zmm19, %zmm19, %zmm13
	vinserti64x4	$1, %ymm19, %zmm19, %zmm19
	vpcmpgtd	%zmm13, %zmm19, %k1
	vmovaps	%zmm19, %zmm13 {%k1}
	vshuff64x2	$221, %zmm13, %zmm20, %zmm19
	vshuff64x2	$136, %zmm13, %zmm20, %zmm21
	vpcmpgtd	%zmm19, %zmm21, %k1
	vshuff32x4	$136, %zmm13, %zmm20, %zmm19 {%k1}
	vshufpd	$85, %zmm19, %zmm19, %zmm13
	vpcmpgtd	%zmm13, %zmm19, %k1
	vmovaps	%zmm19, %zmm13 {%k1}
	vshufps	$177, %zmm13, %zmm13, %zmm19
	vpcmpgtd	%zmm19, %zmm13, %k1
	vmovaps	%zmm13, %zmm19 {%k1}
	vcmpltps	%zmm1, %zmm19, %k1
	vdivps	%zmm19, %zmm2, %zmm20
	vdivps	%zmm2, %zmm19, %zmm13
	vmovaps	%zmm16, %zmm13 {%k1}
	vmovaps	%zmm16, %zmm20 {%k1}
	vbroadcastss	%xmm20, %zmm16
	vmulps	%zmm16, %zmm18, %zmm18
	vaddps	%zmm3, %zmm18, %zmm18
	vpsubd	%zmm4, %zmm18, %zmm19
	vmulps	%zmm16, %zmm17, %zmm16
	vaddps	%zmm3, %zmm16, %zmm16
	vpsubd	%zmm4, %zmm16, %zmm17
	vpaddd	%zmm5, %zmm18, %zmm18
	vpsrld	$8, %zmm18, %zmm18
	vpaddd	%zmm5, %zmm16, %zmm16
	vpsrld	$8, %zmm16, %zmm16
	vpmovdb	%zmm17, %xmm21
	vpmovdb	%zmm19, %xmm22
	vpmovdb	%zmm16, %xmm16
	vpmovdb	%zmm18, %xmm18
	vinserti32x4	$1, %xmm21, %ymm0, %ymm21
	vpermt2ps	%ymm21, %ymm6, %ymm16
	vpermt2ps	%ymm22, %ymm7, %ymm18
	vinsertf64x4	$1, %ymm16, %zmm18, %zmm16
	#APP
	#NO_APP
	vpaddd	%zmm17, %zmm19, %zmm17
	vpermps	%zmm20, %zmm8, %zmm18
	vmulps	%zmm18, %zmm15, %zmm15
	vaddps	%zmm3, %zmm15, %zmm15
	vpsubd	%zmm4, %zmm15, %zmm19
	vmulps	%zmm18, %zmm14, %zmm14
	vaddps	%zmm3, %zmm14, %zmm14
	vpsubd	%zmm4, %zmm14, %zmm18
	vpaddd	%zmm5, %zmm15, %zmm15
	vpsrld	$8, %zmm15, %zmm15
	vpaddd	%zmm5, %zmm14, %zmm14
	vpmovdb	%zmm18, %xmm20
	vpsrld	$8, %zmm14, %zmm14
	vpmovdb	%zmm19, %xmm21
	vinserti32x4	$1, %xmm20, %ymm0, %ymm20
	vpmovdb	%zmm14, %xmm14
	vpmovdb	%zmm15, %xmm15
	vpermt2ps	%ymm20, %ymm6, %ymm14
	vpermt2ps	%ymm21, %ymm7, %ymm15
	vinsertf64x4	$1, %ymm14, %zmm15, %zmm14
	#APP
	#NO_APP
	vpaddd	%zmm18, %zmm19, %zmm15
	#APP
	#NO_APP
	vshufi64x2	$238, %zmm15, %zmm17, %zmm18
	vinserti64x4	$1, %ymm15, %zmm17, %zmm17
	vpaddd	%zmm18, %zmm17, %zmm17
	vshufi64x2	$238, %zmm15, %zmm15, %zmm18
	vinserti64x4	$1, %ymm15, %zmm15, %zmm15
	vpaddd	%zmm18, %zmm15, %zmm15
	vshufi64x2	$221, %zmm15, %zmm17, %zmm18
	vshufi64x2	$136, %zmm15, %zmm17, %zmm15
	vpaddd	%zmm18, %zmm15, %zmm15
	vpshufd	$78, %zmm15, %zmm17
	vpaddd	%zmm17, %zmm15, %zmm15
	vpshufd	$177, %zmm15, %zmm17
	vpaddd	%zmm17, %zmm15, %zmm15
	vpslld	$7, %zmm15, %zmm15
	vpsubd	%zmm15, %zmm10, %zmm15
	#APP
	#NO_APP
	vmovdqa64	%zmm16, %zmm17
	vpermt2q	%zmm14, %zmm11, %zmm17
	vmovdqu64	%zmm17, (%r14)
	vpermt2q	%zmm14, %zmm12, %zmm16
	vmovdqu64	%zmm16, 64(%r14)
	vpermt2ps	%ymm15, %ymm9, %ymm13
	vmovups	%xmm13, 128(%r14)
	addq	$144, %r14
	subq	$-128, %r15
	cmpq	$8192, %r15
	jge	.LBB0_10
.LBB0_3:
	vxorps	%xmm16, %xmm16, %xmm16
	cmpq	%rdi, %r9
	jl	.LBB0_4
	vpxord	%xmm18, %xmm18, %xmm18
	vpxord	%xmm17, %xmm17, %xmm17
	cmpq	%rdi, %r11
	jge	.LBB0_8
	jmp	.LBB0_7
	.p2align	4
.LBB0_4:
	vmovdqu64	(%r10,%r15), %zmm18
	vmovdqu64	64(%r10,%r15), %zmm17
	cmpq	%rdi, %r11
	jge	.LBB0_8
.LBB0_7:
	vmovdqu64	(%rbx,%r15), %zmm15
	vmovdqu64	64(%rbx,%r15), %zmm14
	jmp	.LBB0_9
.LBB0_11:
	popq	%rbx
	popq	%r14
	popq	%r15
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_2048_t2_rows_dd477f8c60898cd0, .Lfunc_end0-norm_quant_i16_2048_t2_rows_dd477f8c60898cd0

	.section	".note.GNU-stack","",@progbits
