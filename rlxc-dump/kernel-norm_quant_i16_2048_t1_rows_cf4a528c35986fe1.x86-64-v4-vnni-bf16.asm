	.file	"norm_quant_i16_2048_t1_rows_cf4a528c35986fe1"
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
.LCPI0_8:
	.long	8
.LCPI0_9:
	.long	12
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
.LCPI0_10:
	.long	4
	.long	12
	.long	4
	.long	13
.LCPI0_11:
	.long	8
	.long	24
	.zero	4
	.zero	4
.LCPI0_12:
	.long	12
	.long	28
	.zero	4
	.zero	4
.LCPI0_13:
	.long	8
	.long	24
	.long	0
	.long	0
	.section	.rodata.cst8,"aM",@progbits,8
	.p2align	3, 0x0
.LCPI0_14:
	.long	12
	.long	28
	.text
	.globl	norm_quant_i16_2048_t1_rows_cf4a528c35986fe1
	.p2align	4
	.type	norm_quant_i16_2048_t1_rows_cf4a528c35986fe1,@function
norm_quant_i16_2048_t1_rows_cf4a528c35986fe1:
	movq	(%rdi), %rcx
	movq	(%rcx), %rax
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_1(%rip), %zmm1
	vbroadcastss	.LCPI0_2(%rip), %zmm3
	movq	8(%rcx), %rcx
	vxorps	%xmm14, %xmm14, %xmm14
	vbroadcastss	.LCPI0_3(%rip), %zmm4
	vpbroadcastd	.LCPI0_3(%rip), %zmm5
	vpbroadcastd	.LCPI0_4(%rip), %zmm6
	vmovaps	.LCPI0_5(%rip), %ymm7
	vmovaps	.LCPI0_6(%rip), %ymm8
	vbroadcastss	.LCPI0_7(%rip), %zmm9
	vbroadcastss	.LCPI0_8(%rip), %zmm31
	vbroadcastss	.LCPI0_9(%rip), %zmm11
	vmovaps	.LCPI0_10(%rip), %xmm12
	vmovq	.LCPI0_13(%rip), %xmm13
	vmovddup	.LCPI0_14(%rip), %xmm10
	cmpq	%rdx, %rsi
	jge	.LBB0_5
	.p2align	4
.LBB0_2:
	movq	%rsi, %rdi
	shlq	$13, %rdi
	addq	%rax, %rdi
	leaq	(%rsi,%rsi,8), %r8
	shlq	$9, %r8
	addq	%rcx, %r8
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_3:
	vmovdqu64	(%rdi,%r9), %zmm24
	vmovdqu64	64(%rdi,%r9), %zmm23
	vmovdqu64	128(%rdi,%r9), %zmm21
	vmovdqu64	192(%rdi,%r9), %zmm22
	vmovdqu64	256(%rdi,%r9), %zmm19
	vmovdqu64	320(%rdi,%r9), %zmm18
	vmovdqu64	384(%rdi,%r9), %zmm17
	vmovdqu64	448(%rdi,%r9), %zmm16
	vpandd	%zmm0, %zmm23, %zmm15
	vpandd	%zmm0, %zmm24, %zmm20
	vpcmpgtd	%zmm15, %zmm20, %k1
	vpandd	%zmm0, %zmm24, %zmm15 {%k1}
	vpandd	%zmm0, %zmm22, %zmm20
	vpandd	%zmm0, %zmm21, %zmm25
	vpcmpgtd	%zmm20, %zmm25, %k1
	vpandd	%zmm0, %zmm18, %zmm25
	vpandd	%zmm0, %zmm19, %zmm26
	vpandd	%zmm0, %zmm21, %zmm20 {%k1}
	vpcmpgtd	%zmm25, %zmm26, %k1
	vpandd	%zmm0, %zmm19, %zmm25 {%k1}
	vpandd	%zmm0, %zmm16, %zmm26
	vpandd	%zmm0, %zmm17, %zmm27
	vpcmpgtd	%zmm26, %zmm27, %k1
	vpandd	%zmm0, %zmm17, %zmm26 {%k1}
	vshuff64x2	$238, %zmm20, %zmm15, %zmm27
	vinserti64x4	$1, %ymm20, %zmm15, %zmm15
	vpcmpgtd	%zmm27, %zmm15, %k1
	vshuff64x2	$238, %zmm26, %zmm25, %zmm20
	vinserti64x4	$1, %ymm26, %zmm25, %zmm25
	vmovaps	%zmm15, %zmm27 {%k1}
	vpcmpgtd	%zmm20, %zmm25, %k1
	vmovaps	%zmm25, %zmm20 {%k1}
	vshuff64x2	$221, %zmm20, %zmm27, %zmm15
	vshuff64x2	$136, %zmm20, %zmm27, %zmm25
	vpcmpgtd	%zmm15, %zmm25, %k1
	vshuff32x4	$136, %zmm20, %zmm27, %zmm15 {%k1}
	vshufpd	$85, %zmm15, %zmm15, %zmm20
	vpcmpgtd	%zmm20, %zmm15, %k1
	vmovaps	%zmm15, %zmm20 {%k1}
	vshufps	$177, %zmm20, %zmm20, %zmm25
	vpcmpgtd	%zmm25, %zmm20, %k1
	vmovaps	%zmm20, %zmm25 {%k1}
	vdivps	%zmm25, %zmm3, %zmm20
	vdivps	%zmm3, %zmm25, %zmm15
	vcmpltps	%zmm1, %zmm25, %k1
	vmovaps	%zmm14, %zmm15 {%k1}
	vmovaps	%zmm14, %zmm20 {%k1}
	vbroadcastss	%xmm20, %zmm25
	vmulps	%zmm25, %zmm24, %zmm24
	vaddps	%zmm4, %zmm24, %zmm24
	vpsubd	%zmm5, %zmm24, %zmm26
	vmulps	%zmm25, %zmm23, %zmm23
	vaddps	%zmm4, %zmm23, %zmm23
	vpsubd	%zmm5, %zmm23, %zmm25
	vpaddd	%zmm6, %zmm24, %zmm24
	vpsrld	$8, %zmm24, %zmm24
	vpaddd	%zmm6, %zmm23, %zmm23
	vpmovdb	%zmm25, %xmm27
	vpmovdb	%zmm26, %xmm28
	vpsrld	$8, %zmm23, %zmm23
	vpermps	%zmm20, %zmm9, %zmm29
	vmulps	%zmm29, %zmm21, %zmm21
	vaddps	%zmm4, %zmm21, %zmm30
	vmovdqa64	%zmm13, %zmm14
	vmovaps	%ymm12, %ymm13
	vmovaps	%zmm11, %zmm12
	vmovaps	%zmm31, %zmm11
	vpsubd	%zmm5, %zmm30, %zmm31
	vpaddd	%zmm25, %zmm26, %zmm21
	vmulps	%zmm29, %zmm22, %zmm22
	vaddps	%zmm4, %zmm22, %zmm22
	vpsubd	%zmm5, %zmm22, %zmm29
	vpaddd	%zmm6, %zmm30, %zmm25
	vpmovdb	%zmm23, %xmm23
	vpsrld	$8, %zmm25, %zmm26
	vpaddd	%zmm6, %zmm22, %zmm22
	vpmovdb	%zmm29, %xmm30
	vpmovdb	%zmm24, %xmm24
	vpsrld	$8, %zmm22, %zmm22
	vmovaps	%zmm10, %zmm2
	vmovaps	%zmm9, %zmm10
	vmovaps	%zmm1, %zmm9
	vpmovdb	%zmm31, %xmm1
	vpmovdb	%zmm22, %xmm25
	vinserti32x4	$1, %xmm27, %ymm0, %ymm27
	vpmovdb	%zmm26, %xmm26
	vpaddd	%zmm29, %zmm31, %zmm22
	vmovaps	%zmm11, %zmm31
	vmovaps	%zmm12, %zmm11
	vmovaps	%ymm13, %ymm12
	vmovdqa64	%zmm14, %zmm13
	vpxor	%xmm14, %xmm14, %xmm14
	vpermps	%zmm20, %zmm31, %zmm29
	vmulps	%zmm29, %zmm19, %zmm19
	vinserti32x4	$1, %xmm30, %ymm0, %ymm30
	vaddps	%zmm4, %zmm19, %zmm19
	vmulps	%zmm29, %zmm18, %zmm18
	vpsubd	%zmm5, %zmm19, %zmm29
	vaddps	%zmm4, %zmm18, %zmm18
	vpaddd	%zmm6, %zmm19, %zmm19
	vpermt2ps	%ymm28, %ymm8, %ymm24
	vpsrld	$8, %zmm19, %zmm19
	vpmovdb	%zmm29, %xmm28
	vpmovdb	%zmm19, %xmm19
	vpermt2ps	%ymm1, %ymm8, %ymm26
	vpermt2ps	%ymm28, %ymm8, %ymm19
	vpsubd	%zmm5, %zmm18, %zmm1
	vpaddd	%zmm6, %zmm18, %zmm18
	vpsrld	$8, %zmm18, %zmm18
	vpaddd	%zmm1, %zmm29, %zmm28
	vpermt2ps	%ymm27, %ymm7, %ymm23
	vpmovdb	%zmm1, %xmm1
	vinserti128	$1, %xmm1, %ymm0, %ymm1
	vpmovdb	%zmm18, %xmm18
	vpermt2ps	%ymm30, %ymm7, %ymm25
	vpermps	%zmm20, %zmm11, %zmm20
	vmulps	%zmm20, %zmm17, %zmm17
	vaddps	%zmm4, %zmm17, %zmm17
	vpsubd	%zmm5, %zmm17, %zmm27
	vmulps	%zmm20, %zmm16, %zmm16
	vpermt2ps	%ymm1, %ymm7, %ymm18
	vaddps	%zmm4, %zmm16, %zmm1
	vpsubd	%zmm5, %zmm1, %zmm16
	vpaddd	%zmm6, %zmm17, %zmm17
	vpsrld	$8, %zmm17, %zmm17
	vpaddd	%zmm6, %zmm1, %zmm1
	vinsertf64x4	$1, %ymm23, %zmm24, %zmm20
	vpsrld	$8, %zmm1, %zmm1
	vpmovdb	%zmm16, %xmm23
	vpmovdb	%zmm27, %xmm24
	vinsertf64x4	$1, %ymm25, %zmm26, %zmm25
	vinserti32x4	$1, %xmm23, %ymm0, %ymm23
	vpmovdb	%zmm1, %xmm1
	vpmovdb	%zmm17, %xmm17
	vinsertf64x4	$1, %ymm18, %zmm19, %zmm18
	vpermt2ps	%ymm23, %ymm7, %ymm1
	vpermt2ps	%ymm24, %ymm8, %ymm17
	vinsertf64x4	$1, %ymm1, %zmm17, %zmm1
	vpaddd	%zmm16, %zmm27, %zmm16
	#APP
	#NO_APP
	#APP
	#NO_APP
	vshufi64x2	$238, %zmm22, %zmm21, %zmm17
	vinserti64x4	$1, %ymm22, %zmm21, %zmm19
	vpaddd	%zmm17, %zmm19, %zmm17
	vshufi64x2	$238, %zmm16, %zmm28, %zmm19
	vinserti64x4	$1, %ymm16, %zmm28, %zmm16
	#APP
	#NO_APP
	vpaddd	%zmm19, %zmm16, %zmm16
	vshufi64x2	$221, %zmm16, %zmm17, %zmm19
	vshufi64x2	$136, %zmm16, %zmm17, %zmm16
	vpaddd	%zmm19, %zmm16, %zmm16
	vpshufd	$78, %zmm16, %zmm17
	#APP
	#NO_APP
	vpaddd	%zmm17, %zmm16, %zmm16
	vpshufd	$177, %zmm16, %zmm17
	vpaddd	%zmm17, %zmm16, %zmm16
	vpslld	$7, %zmm16, %zmm16
	vpsubd	%zmm16, %zmm14, %zmm16
	vmovaps	%ymm15, %ymm17
	#APP
	#NO_APP
	vpermt2ps	%ymm16, %ymm12, %ymm17
	vmovups	%zmm20, (%r8)
	vunpcklps	%xmm16, %xmm15, %xmm19
	vmovlps	%xmm19, 64(%r8)
	vmovups	%zmm25, 72(%r8)
	vmovlps	%xmm17, 136(%r8)
	vmovups	%zmm18, 144(%r8)
	#APP
	#NO_APP
	vmovaps	%zmm15, %zmm17
	vpermt2ps	%zmm16, %zmm13, %zmm17
	vmovlps	%xmm17, 208(%r8)
	vmovups	%zmm1, 216(%r8)
	vmovaps	%zmm9, %zmm1
	vmovaps	%zmm10, %zmm9
	vmovaps	%zmm2, %zmm10
	vpermt2ps	%zmm16, %zmm2, %zmm15
	vmovlps	%xmm15, 280(%r8)
	addq	$288, %r8
	addq	$512, %r9
	cmpq	$8192, %r9
	jl	.LBB0_3
	incq	%rsi
	cmpq	%rdx, %rsi
	jl	.LBB0_2
.LBB0_5:
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_2048_t1_rows_cf4a528c35986fe1, .Lfunc_end0-norm_quant_i16_2048_t1_rows_cf4a528c35986fe1

	.section	".note.GNU-stack","",@progbits
