	.file	"norm_quant_i16_1024_t1_rows_905b58eea70974c0"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x3a800000
.LCPI0_1:
	.long	0x358637bd
.LCPI0_2:
	.long	0x3f800000
.LCPI0_3:
	.long	0x7fffffff
.LCPI0_4:
	.long	0x0d800000
.LCPI0_5:
	.long	0x46fefe00
.LCPI0_6:
	.long	0x4b400000
.LCPI0_7:
	.long	3032481920
.LCPI0_10:
	.long	4
.LCPI0_11:
	.long	8
.LCPI0_12:
	.long	12
	.section	.rodata.cst32,"aM",@progbits,32
	.p2align	5, 0x0
.LCPI0_8:
	.long	0
	.long	12
	.long	1
	.long	13
	.long	2
	.long	14
	.long	3
	.long	15
.LCPI0_9:
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
.LCPI0_13:
	.long	4
	.long	12
	.long	4
	.long	13
.LCPI0_14:
	.long	8
	.long	24
	.zero	4
	.zero	4
.LCPI0_15:
	.long	12
	.long	28
	.zero	4
	.zero	4
	.section	.rodata.cst8,"aM",@progbits,8
	.p2align	3, 0x0
.LCPI0_16:
	.long	8
	.long	24
.LCPI0_17:
	.long	12
	.long	28
	.text
	.globl	norm_quant_i16_1024_t1_rows_905b58eea70974c0
	.p2align	4
	.type	norm_quant_i16_1024_t1_rows_905b58eea70974c0,@function
norm_quant_i16_1024_t1_rows_905b58eea70974c0:
	pushq	%rbp
	movq	%rsp, %rbp
	andq	$-64, %rsp
	subq	$192, %rsp
	movq	(%rdi), %r8
	movq	8(%rdi), %r9
	movq	(%r8), %rax
	movq	8(%r8), %rcx
	movq	16(%r8), %rdi
	movq	16(%r9), %r8
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm1
	vmovss	.LCPI0_2(%rip), %xmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_4(%rip), %zmm14
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	decq	%r8
	vxorps	%xmm6, %xmm6, %xmm6
	vbroadcastss	.LCPI0_6(%rip), %zmm8
	vpbroadcastd	.LCPI0_6(%rip), %zmm9
	vpbroadcastd	.LCPI0_7(%rip), %zmm10
	vmovaps	.LCPI0_8(%rip), %ymm17
	vmovaps	.LCPI0_9(%rip), %ymm11
	vbroadcastss	.LCPI0_10(%rip), %zmm15
	vbroadcastss	.LCPI0_11(%rip), %zmm16
	vbroadcastss	.LCPI0_12(%rip), %zmm31
	vmovaps	.LCPI0_13(%rip), %xmm13
	cmpq	%rdx, %rsi
	jge	.LBB0_9
	.p2align	4
.LBB0_2:
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_3:
	leaq	(%rsi,%r9), %r10
	cmpq	%r8, %r10
	cmovgeq	%r8, %r10
	shlq	$12, %r10
	addq	%rax, %r10
	vxorps	%xmm18, %xmm18, %xmm18
	xorl	%r11d, %r11d
	vxorps	%xmm19, %xmm19, %xmm19
	vxorps	%xmm20, %xmm20, %xmm20
	vxorps	%xmm21, %xmm21, %xmm21
	.p2align	4
.LBB0_4:
	vmovups	(%r10,%r11), %zmm22
	vmovups	64(%r10,%r11), %zmm23
	vmovups	128(%r10,%r11), %zmm24
	vmovups	192(%r10,%r11), %zmm25
	vfmadd231ps	%zmm22, %zmm22, %zmm18
	vfmadd231ps	%zmm23, %zmm23, %zmm19
	vfmadd231ps	%zmm24, %zmm24, %zmm20
	vfmadd231ps	%zmm25, %zmm25, %zmm21
	addq	$256, %r11
	cmpq	$4096, %r11
	jl	.LBB0_4
	vaddps	%zmm19, %zmm18, %zmm18
	vaddps	%zmm21, %zmm20, %zmm19
	vaddps	%zmm19, %zmm18, %zmm18
	vextractf64x4	$1, %zmm18, %ymm19
	vaddps	%ymm19, %ymm18, %ymm18
	vextractf32x4	$1, %ymm18, %xmm19
	vaddps	%xmm19, %xmm18, %xmm18
	vshufpd	$1, %xmm18, %xmm18, %xmm19
	vaddps	%xmm19, %xmm18, %xmm18
	vmovshdup	%xmm18, %xmm19
	vaddss	%xmm19, %xmm18, %xmm18
	vmulss	%xmm0, %xmm18, %xmm18
	vaddss	%xmm1, %xmm18, %xmm18
	vsqrtss	%xmm18, %xmm18, %xmm18
	vdivss	%xmm18, %xmm2, %xmm18
	vmovss	%xmm18, (%rsp,%r9,4)
	incq	%r9
	testq	%r9, %r9
	jle	.LBB0_3
	movq	%rsi, %r9
	shlq	$12, %r9
	addq	%rax, %r9
	vbroadcastss	(%rsp), %zmm18
	leaq	(%rsi,%rsi,8), %r10
	shlq	$8, %r10
	addq	%rdi, %r10
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_7:
	vmulps	(%r9,%r11), %zmm18, %zmm19
	vmulps	64(%r9,%r11), %zmm18, %zmm20
	vmulps	(%rcx,%r11), %zmm19, %zmm28
	vmulps	64(%rcx,%r11), %zmm20, %zmm27
	vmulps	128(%r9,%r11), %zmm18, %zmm19
	vmulps	128(%rcx,%r11), %zmm19, %zmm25
	vmulps	192(%r9,%r11), %zmm18, %zmm19
	vmulps	256(%r9,%r11), %zmm18, %zmm20
	vmulps	192(%rcx,%r11), %zmm19, %zmm26
	vmulps	256(%rcx,%r11), %zmm20, %zmm23
	vmulps	320(%r9,%r11), %zmm18, %zmm19
	vmulps	320(%rcx,%r11), %zmm19, %zmm22
	vmulps	384(%r9,%r11), %zmm18, %zmm19
	vmulps	448(%r9,%r11), %zmm18, %zmm20
	vmulps	384(%rcx,%r11), %zmm19, %zmm21
	vmulps	448(%rcx,%r11), %zmm20, %zmm20
	vandps	%zmm3, %zmm27, %zmm19
	vandps	%zmm3, %zmm28, %zmm24
	vpcmpgtd	%zmm19, %zmm24, %k1
	vandps	%zmm3, %zmm28, %zmm19 {%k1}
	vandps	%zmm3, %zmm26, %zmm24
	vandps	%zmm3, %zmm25, %zmm29
	vpcmpgtd	%zmm24, %zmm29, %k1
	vandps	%zmm3, %zmm22, %zmm29
	vandps	%zmm3, %zmm23, %zmm30
	vandps	%zmm3, %zmm25, %zmm24 {%k1}
	vpcmpgtd	%zmm29, %zmm30, %k1
	vandps	%zmm3, %zmm23, %zmm29 {%k1}
	vandps	%zmm3, %zmm20, %zmm30
	vmovaps	%ymm11, %ymm7
	vmovaps	%ymm17, %ymm11
	vmovaps	%zmm16, %zmm17
	vmovaps	%zmm31, %zmm16
	vandps	%zmm3, %zmm21, %zmm31
	vpcmpgtd	%zmm30, %zmm31, %k1
	vandps	%zmm3, %zmm21, %zmm30 {%k1}
	vshuff64x2	$238, %zmm24, %zmm19, %zmm31
	vinsertf64x4	$1, %ymm24, %zmm19, %zmm19
	vpcmpgtd	%zmm31, %zmm19, %k1
	vshuff64x2	$238, %zmm30, %zmm29, %zmm24
	vinsertf64x4	$1, %ymm30, %zmm29, %zmm29
	vmovaps	%zmm19, %zmm31 {%k1}
	vpcmpgtd	%zmm24, %zmm29, %k1
	vmovaps	%zmm29, %zmm24 {%k1}
	vshuff64x2	$221, %zmm24, %zmm31, %zmm19
	vshuff64x2	$136, %zmm24, %zmm31, %zmm29
	vpcmpgtd	%zmm19, %zmm29, %k1
	vshuff32x4	$136, %zmm24, %zmm31, %zmm19 {%k1}
	vshufpd	$85, %zmm19, %zmm19, %zmm24
	vpcmpgtd	%zmm24, %zmm19, %k1
	vmovaps	%zmm19, %zmm24 {%k1}
	vshufps	$177, %zmm24, %zmm24, %zmm29
	vpcmpgtd	%zmm29, %zmm24, %k1
	vmovaps	%zmm24, %zmm29 {%k1}
	vdivps	%zmm29, %zmm5, %zmm24
	vdivps	%zmm5, %zmm29, %zmm19
	vcmpltps	%zmm14, %zmm29, %k1
	vmovaps	%zmm6, %zmm19 {%k1}
	vmovaps	%zmm6, %zmm24 {%k1}
	vbroadcastss	%xmm24, %zmm29
	vmulps	%zmm29, %zmm28, %zmm28
	vaddps	%zmm8, %zmm28, %zmm28
	vpsubd	%zmm9, %zmm28, %zmm30
	vmulps	%zmm29, %zmm27, %zmm27
	vaddps	%zmm8, %zmm27, %zmm27
	vpsubd	%zmm9, %zmm27, %zmm29
	vpaddd	%zmm10, %zmm28, %zmm28
	vpsrld	$8, %zmm28, %zmm28
	vpaddd	%zmm10, %zmm27, %zmm27
	vpmovdb	%zmm29, %xmm31
	vpmovdb	%zmm30, %xmm0
	vpsrld	$8, %zmm27, %zmm27
	vpermps	%zmm24, %zmm15, %zmm1
	vmulps	%zmm1, %zmm25, %zmm25
	vaddps	%zmm8, %zmm25, %zmm2
	vpsubd	%zmm9, %zmm2, %zmm4
	vpaddd	%zmm29, %zmm30, %zmm25
	vmulps	%zmm1, %zmm26, %zmm1
	vaddps	%zmm8, %zmm1, %zmm1
	vpsubd	%zmm9, %zmm1, %zmm26
	vpaddd	%zmm10, %zmm2, %zmm2
	vpmovdb	%zmm27, %xmm27
	vpsrld	$8, %zmm2, %zmm2
	vpaddd	%zmm10, %zmm1, %zmm1
	vpmovdb	%zmm26, %xmm12
	vpmovdb	%zmm28, %xmm28
	vpsrld	$8, %zmm1, %zmm1
	vmovaps	%zmm5, %zmm6
	vmovaps	%ymm13, %ymm5
	vpmovdb	%zmm4, %xmm13
	vpmovdb	%zmm1, %xmm29
	vinserti32x4	$1, %xmm31, %ymm0, %ymm1
	vmovaps	%zmm16, %zmm31
	vmovaps	%zmm17, %zmm16
	vmovaps	%ymm11, %ymm17
	vmovaps	%ymm7, %ymm11
	vpmovdb	%zmm2, %xmm30
	vpaddd	%zmm26, %zmm4, %zmm26
	vpermps	%zmm24, %zmm16, %zmm2
	vmulps	%zmm2, %zmm23, %zmm4
	vinserti128	$1, %xmm12, %ymm0, %ymm12
	vaddps	%zmm8, %zmm4, %zmm4
	vmulps	%zmm2, %zmm22, %zmm2
	vpsubd	%zmm9, %zmm4, %zmm22
	vaddps	%zmm8, %zmm2, %zmm2
	vpaddd	%zmm10, %zmm4, %zmm4
	vpermt2ps	%ymm0, %ymm7, %ymm28
	vpsrld	$8, %zmm4, %zmm0
	vpmovdb	%zmm22, %xmm4
	vpmovdb	%zmm0, %xmm0
	vpermt2ps	%ymm13, %ymm7, %ymm30
	vpermt2ps	%ymm4, %ymm7, %ymm0
	vpsubd	%zmm9, %zmm2, %zmm4
	vpaddd	%zmm10, %zmm2, %zmm2
	vpsrld	$8, %zmm2, %zmm2
	vpaddd	%zmm4, %zmm22, %zmm13
	vpermt2ps	%ymm1, %ymm17, %ymm27
	vpmovdb	%zmm4, %xmm1
	vinsertf128	$1, %xmm1, %ymm0, %ymm1
	vpmovdb	%zmm2, %xmm2
	vpermt2ps	%ymm12, %ymm17, %ymm29
	vpermps	%zmm24, %zmm31, %zmm4
	vmulps	%zmm4, %zmm21, %zmm12
	vaddps	%zmm8, %zmm12, %zmm12
	vpsubd	%zmm9, %zmm12, %zmm21
	vmulps	%zmm4, %zmm20, %zmm4
	vpermt2ps	%ymm1, %ymm17, %ymm2
	vaddps	%zmm8, %zmm4, %zmm1
	vpsubd	%zmm9, %zmm1, %zmm4
	vpaddd	%zmm10, %zmm12, %zmm12
	vpsrld	$8, %zmm12, %zmm12
	vpaddd	%zmm10, %zmm1, %zmm1
	vinsertf64x4	$1, %ymm27, %zmm28, %zmm20
	vpsrld	$8, %zmm1, %zmm1
	vpmovdb	%zmm4, %xmm22
	vpmovdb	%zmm21, %xmm23
	vinsertf64x4	$1, %ymm29, %zmm30, %zmm24
	vinsertf32x4	$1, %xmm22, %ymm0, %ymm22
	vpmovdb	%zmm1, %xmm1
	vpmovdb	%zmm12, %xmm12
	vinsertf64x4	$1, %ymm2, %zmm0, %zmm0
	vpermt2ps	%ymm22, %ymm17, %ymm1
	vpermt2ps	%ymm23, %ymm7, %ymm12
	vinsertf64x4	$1, %ymm1, %zmm12, %zmm1
	vpaddd	%zmm4, %zmm21, %zmm2
	#APP
	#NO_APP
	#APP
	#NO_APP
	vshufi64x2	$238, %zmm26, %zmm25, %zmm4
	vinserti64x4	$1, %ymm26, %zmm25, %zmm12
	vpaddd	%zmm4, %zmm12, %zmm4
	vshufi64x2	$238, %zmm2, %zmm13, %zmm12
	vinserti64x4	$1, %ymm2, %zmm13, %zmm2
	vmovaps	%ymm5, %ymm13
	vmovaps	%zmm6, %zmm5
	vxorps	%xmm6, %xmm6, %xmm6
	#APP
	#NO_APP
	vpaddd	%zmm12, %zmm2, %zmm2
	vshufi64x2	$221, %zmm2, %zmm4, %zmm12
	vshufi64x2	$136, %zmm2, %zmm4, %zmm2
	vpaddd	%zmm12, %zmm2, %zmm2
	vpshufd	$78, %zmm2, %zmm4
	#APP
	#NO_APP
	vpaddd	%zmm4, %zmm2, %zmm2
	vpshufd	$177, %zmm2, %zmm4
	vpaddd	%zmm4, %zmm2, %zmm2
	vpslld	$7, %zmm2, %zmm2
	vpsubd	%zmm2, %zmm6, %zmm2
	vmovaps	%ymm19, %ymm4
	#APP
	#NO_APP
	vpermt2ps	%ymm2, %ymm13, %ymm4
	vmovups	%zmm20, (%r10)
	vunpcklps	%xmm2, %xmm19, %xmm12
	vmovlps	%xmm12, 64(%r10)
	vmovups	%zmm24, 72(%r10)
	vmovlps	%xmm4, 136(%r10)
	vmovddup	.LCPI0_16(%rip), %xmm7
	vmovups	%zmm0, 144(%r10)
	#APP
	#NO_APP
	vmovaps	%zmm19, %zmm0
	vpermt2ps	%zmm2, %zmm7, %zmm0
	vmovddup	.LCPI0_17(%rip), %xmm7
	vmovlps	%xmm0, 208(%r10)
	vmovups	%zmm1, 216(%r10)
	vpermt2ps	%zmm2, %zmm7, %zmm19
	vmovlps	%xmm19, 280(%r10)
	addq	$288, %r10
	addq	$512, %r11
	cmpq	$4096, %r11
	jl	.LBB0_7
	incq	%rsi
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm1
	vmovss	.LCPI0_2(%rip), %xmm2
	cmpq	%rdx, %rsi
	jl	.LBB0_2
.LBB0_9:
	movq	%rbp, %rsp
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_1024_t1_rows_905b58eea70974c0, .Lfunc_end0-norm_quant_i16_1024_t1_rows_905b58eea70974c0

	.section	".note.GNU-stack","",@progbits
