	.file	"norm_quant_i16_3072_t8_rows_96018281217aa8a4"
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
.LCPI0_10:
	.quad	0
	.quad	1
	.quad	2
	.quad	4
.LCPI0_11:
	.quad	0
	.quad	1
	.quad	5
	.zero	8
.LCPI0_12:
	.quad	0
	.quad	1
	.quad	2
	.quad	5
.LCPI0_13:
	.quad	0
	.quad	1
	.quad	2
	.quad	6
.LCPI0_14:
	.quad	2
	.quad	3
	.quad	7
	.zero	8
.LCPI0_16:
	.quad	0
	.quad	1
	.quad	12
	.zero	8
.LCPI0_17:
	.quad	0
	.quad	1
	.quad	2
	.quad	12
.LCPI0_19:
	.quad	0
	.quad	1
	.quad	13
	.zero	8
.LCPI0_20:
	.quad	0
	.quad	1
	.quad	2
	.quad	13
.LCPI0_22:
	.quad	0
	.quad	1
	.quad	14
	.zero	8
.LCPI0_23:
	.quad	0
	.quad	1
	.quad	2
	.quad	14
.LCPI0_25:
	.quad	0
	.quad	1
	.quad	15
	.zero	8
.LCPI0_26:
	.quad	0
	.quad	1
	.quad	2
	.quad	15
	.section	.rodata.cst16,"aM",@progbits,16
	.p2align	4, 0x0
.LCPI0_15:
	.quad	4
	.quad	12
.LCPI0_18:
	.quad	5
	.quad	13
.LCPI0_21:
	.quad	6
	.quad	14
.LCPI0_24:
	.quad	7
	.quad	15
.LCPI0_27:
	.long	0
	.long	4
	.long	8
	.long	12
	.text
	.globl	norm_quant_i16_3072_t8_rows_96018281217aa8a4
	.p2align	4
	.type	norm_quant_i16_3072_t8_rows_96018281217aa8a4,@function
norm_quant_i16_3072_t8_rows_96018281217aa8a4:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	%rdx, -24(%rsp)
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdx
	movq	(%rcx), %rax
	movq	8(%rcx), %rcx
	movq	%rcx, -32(%rsp)
	movq	16(%rdx), %rdi
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_2(%rip), %zmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vpbroadcastd	.LCPI0_3(%rip), %zmm4
	vpbroadcastd	.LCPI0_4(%rip), %zmm5
	vmovaps	.LCPI0_5(%rip), %ymm6
	vmovaps	.LCPI0_6(%rip), %ymm7
	leaq	-1(%rdi), %r8
	vmovdqa64	.LCPI0_17(%rip), %ymm19
	vmovdqa64	.LCPI0_18(%rip), %xmm20
	vmovdqa64	.LCPI0_19(%rip), %ymm21
	vmovdqa64	.LCPI0_20(%rip), %ymm22
	vmovdqa64	.LCPI0_21(%rip), %xmm23
	vmovdqa64	.LCPI0_22(%rip), %ymm24
	vmovdqa64	.LCPI0_23(%rip), %ymm25
	vmovdqa64	.LCPI0_24(%rip), %xmm26
	vmovdqa64	.LCPI0_25(%rip), %ymm27
	vmovdqa64	.LCPI0_26(%rip), %ymm28
	vmovaps	.LCPI0_27(%rip), %xmm29
	jmp	.LBB0_1
	.p2align	4
.LBB0_18:
	movq	-16(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-24(%rsp), %rsi
	jge	.LBB0_19
	leaq	(,%rsi,8), %r9
	movq	%rsi, -16(%rsp)
	imulq	$55296, %rsi, %rcx
	addq	-32(%rsp), %rcx
	movq	%rcx, -8(%rsp)
	xorl	%r11d, %r11d
	jmp	.LBB0_3
	.p2align	4
.LBB0_17:
	addq	$4, %r11
	cmpq	$8, %r11
	jge	.LBB0_18
.LBB0_3:
	leaq	(%r9,%r11), %rbx
	cmpq	%r8, %rbx
	movq	%r8, %rcx
	cmovlq	%rbx, %rcx
	leaq	(%rcx,%rcx,2), %r14
	shlq	$12, %r14
	addq	%rax, %r14
	leaq	(%r9,%r11), %r15
	incq	%r15
	cmpq	%r8, %r15
	movq	%r8, %rcx
	cmovlq	%r15, %rcx
	leaq	(%rcx,%rcx,2), %r12
	shlq	$12, %r12
	addq	%rax, %r12
	leaq	(%r9,%r11), %r13
	addq	$2, %r13
	cmpq	%r8, %r13
	movq	%r8, %rcx
	cmovlq	%r13, %rcx
	leaq	(%rcx,%rcx,2), %rbp
	shlq	$12, %rbp
	addq	%rax, %rbp
	leaq	(%r9,%r11), %rcx
	addq	$3, %rcx
	cmpq	%r8, %rcx
	movq	%r8, %rdx
	cmovlq	%rcx, %rdx
	leaq	(%rdx,%rdx,2), %r10
	shlq	$12, %r10
	addq	%rax, %r10
	xorl	%edx, %edx
	movq	-8(%rsp), %rsi
	jmp	.LBB0_4
	.p2align	4
.LBB0_15:
	vpxor	%xmm8, %xmm8, %xmm8
	vpxor	%xmm1, %xmm1, %xmm1
.LBB0_16:
	vpandd	%zmm0, %zmm13, %zmm15
	vpandd	%zmm0, %zmm14, %zmm30
	vpcmpgtd	%zmm15, %zmm30, %k1
	vpandd	%zmm0, %zmm14, %zmm15 {%k1}
	vpandd	%zmm0, %zmm9, %zmm30
	vpandd	%zmm0, %zmm12, %zmm16
	vpcmpgtd	%zmm30, %zmm16, %k1
	vpandd	%zmm0, %zmm12, %zmm30 {%k1}
	vpandd	%zmm0, %zmm10, %zmm16
	vpandd	%zmm0, %zmm11, %zmm17
	vpcmpgtd	%zmm16, %zmm17, %k1
	vpandd	%zmm0, %zmm1, %zmm17
	vpandd	%zmm0, %zmm8, %zmm18
	vpcmpgtd	%zmm17, %zmm18, %k2
	vshuff64x2	$238, %zmm30, %zmm15, %zmm18
	vinserti64x4	$1, %ymm30, %zmm15, %zmm15
	vpandd	%zmm0, %zmm11, %zmm16 {%k1}
	vpandd	%zmm0, %zmm8, %zmm17 {%k2}
	vpcmpgtd	%zmm18, %zmm15, %k1
	vmovaps	%zmm15, %zmm18 {%k1}
	vshuff64x2	$238, %zmm17, %zmm16, %zmm15
	vinserti64x4	$1, %ymm17, %zmm16, %zmm16
	vpcmpgtd	%zmm15, %zmm16, %k1
	vmovaps	%zmm16, %zmm15 {%k1}
	vshuff64x2	$221, %zmm15, %zmm18, %zmm16
	vshuff64x2	$136, %zmm15, %zmm18, %zmm17
	vpcmpgtd	%zmm16, %zmm17, %k1
	vshuff32x4	$136, %zmm15, %zmm18, %zmm16 {%k1}
	vshufpd	$85, %zmm16, %zmm16, %zmm15
	vpcmpgtd	%zmm15, %zmm16, %k1
	vmovaps	%zmm16, %zmm15 {%k1}
	vshufps	$177, %zmm15, %zmm15, %zmm16
	vpcmpgtd	%zmm16, %zmm15, %k1
	vmovaps	%zmm15, %zmm16 {%k1}
	vcmpltps	.LCPI0_1(%rip){1to16}, %zmm16, %k1
	vdivps	%zmm16, %zmm2, %zmm15
	vdivps	%zmm2, %zmm16, %zmm30
	vmovaps	%zmm31, %zmm30 {%k1}
	vmovaps	%zmm31, %zmm15 {%k1}
	vbroadcastss	%xmm15, %zmm16
	vmulps	%zmm16, %zmm14, %zmm14
	vaddps	%zmm3, %zmm14, %zmm14
	vpsubd	%zmm4, %zmm14, %zmm17
	vmulps	%zmm16, %zmm13, %zmm13
	vaddps	%zmm3, %zmm13, %zmm13
	vpsubd	%zmm4, %zmm13, %zmm16
	vpaddd	%zmm5, %zmm14, %zmm14
	vpsrld	$8, %zmm14, %zmm14
	vpaddd	%zmm5, %zmm13, %zmm13
	vpsrld	$8, %zmm13, %zmm13
	vpmovdb	%zmm16, %xmm18
	vinserti32x4	$1, %xmm18, %ymm0, %ymm18
	vpmovdb	%zmm13, %xmm13
	vpermt2ps	%ymm18, %ymm6, %ymm13
	vpmovdb	%zmm17, %xmm18
	vpmovdb	%zmm14, %xmm14
	vpermt2ps	%ymm18, %ymm7, %ymm14
	vinsertf64x4	$1, %ymm13, %zmm14, %zmm31
	vpaddd	%zmm16, %zmm17, %zmm13
	vbroadcastss	.LCPI0_7(%rip), %zmm14
	vpermps	%zmm15, %zmm14, %zmm14
	vmulps	%zmm14, %zmm12, %zmm12
	vaddps	%zmm3, %zmm12, %zmm12
	vpsubd	%zmm4, %zmm12, %zmm16
	vmulps	%zmm14, %zmm9, %zmm9
	vaddps	%zmm3, %zmm9, %zmm9
	vpsubd	%zmm4, %zmm9, %zmm14
	vpaddd	%zmm5, %zmm12, %zmm12
	vpsrld	$8, %zmm12, %zmm12
	vpaddd	%zmm5, %zmm9, %zmm9
	vpsrld	$8, %zmm9, %zmm9
	vpmovdb	%zmm14, %xmm17
	vinserti32x4	$1, %xmm17, %ymm0, %ymm17
	vpmovdb	%zmm9, %xmm9
	vpermt2ps	%ymm17, %ymm6, %ymm9
	vpmovdb	%zmm16, %xmm17
	vpmovdb	%zmm12, %xmm12
	vpermt2ps	%ymm17, %ymm7, %ymm12
	vinsertf64x4	$1, %ymm9, %zmm12, %zmm9
	vpaddd	%zmm14, %zmm16, %zmm12
	vbroadcastss	.LCPI0_8(%rip), %zmm14
	vpermps	%zmm15, %zmm14, %zmm14
	vmulps	%zmm14, %zmm11, %zmm11
	vaddps	%zmm3, %zmm11, %zmm11
	vpsubd	%zmm4, %zmm11, %zmm16
	vmulps	%zmm14, %zmm10, %zmm10
	vaddps	%zmm3, %zmm10, %zmm10
	vpsubd	%zmm4, %zmm10, %zmm14
	vpaddd	%zmm5, %zmm11, %zmm11
	vpsrld	$8, %zmm11, %zmm11
	vpaddd	%zmm5, %zmm10, %zmm10
	vpsrld	$8, %zmm10, %zmm10
	vpmovdb	%zmm14, %xmm17
	vinserti32x4	$1, %xmm17, %ymm0, %ymm17
	vpmovdb	%zmm10, %xmm10
	vpermt2ps	%ymm17, %ymm6, %ymm10
	vpmovdb	%zmm16, %xmm17
	vpmovdb	%zmm11, %xmm11
	vpermt2ps	%ymm17, %ymm7, %ymm11
	vinsertf64x4	$1, %ymm10, %zmm11, %zmm10
	vpaddd	%zmm14, %zmm16, %zmm11
	vbroadcastss	.LCPI0_9(%rip), %zmm14
	vpermps	%zmm15, %zmm14, %zmm14
	vmulps	%zmm14, %zmm8, %zmm8
	vaddps	%zmm3, %zmm8, %zmm8
	vpsubd	%zmm4, %zmm8, %zmm15
	vmulps	%zmm14, %zmm1, %zmm1
	vaddps	%zmm3, %zmm1, %zmm1
	vpsubd	%zmm4, %zmm1, %zmm14
	vpaddd	%zmm5, %zmm8, %zmm8
	vpsrld	$8, %zmm8, %zmm8
	vpaddd	%zmm5, %zmm1, %zmm1
	vpsrld	$8, %zmm1, %zmm1
	vpmovdb	%zmm14, %xmm16
	vinserti32x4	$1, %xmm16, %ymm0, %ymm16
	vpmovdb	%zmm1, %xmm1
	vpermt2ps	%ymm16, %ymm6, %ymm1
	vpmovdb	%zmm15, %xmm16
	vpmovdb	%zmm8, %xmm8
	vpermt2ps	%ymm16, %ymm7, %ymm8
	vinsertf64x4	$1, %ymm1, %zmm8, %zmm1
	vpaddd	%zmm14, %zmm15, %zmm8
	vshufi64x2	$238, %zmm12, %zmm13, %zmm14
	vinserti64x4	$1, %ymm12, %zmm13, %zmm12
	vpaddd	%zmm14, %zmm12, %zmm12
	vshufi64x2	$238, %zmm8, %zmm11, %zmm13
	vinserti64x4	$1, %ymm8, %zmm11, %zmm8
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	vpaddd	%zmm13, %zmm8, %zmm8
	vunpcklpd	%xmm9, %xmm31, %xmm11
	vinsertf128	$1, %xmm10, %ymm11, %ymm11
	vmovapd	.LCPI0_10(%rip), %ymm13
	vpermt2pd	%ymm1, %ymm13, %ymm11
	vmovupd	%ymm11, (%rsi,%r11,8)
	vshufi64x2	$221, %zmm8, %zmm12, %zmm11
	vshufi64x2	$136, %zmm8, %zmm12, %zmm8
	vunpckhpd	%xmm9, %xmm31, %xmm12
	vmovapd	.LCPI0_11(%rip), %ymm13
	vpermt2pd	%ymm10, %ymm13, %ymm12
	vmovapd	.LCPI0_12(%rip), %ymm13
	vpermt2pd	%ymm1, %ymm13, %ymm12
	vmovupd	%ymm12, 64(%rsi,%r11,8)
	vpaddd	%zmm11, %zmm8, %zmm8
	vunpcklpd	%ymm9, %ymm31, %ymm11
	vperm2f128	$49, %ymm10, %ymm11, %ymm11
	vmovapd	.LCPI0_13(%rip), %ymm12
	vpermt2pd	%ymm1, %ymm12, %ymm11
	vmovupd	%ymm11, 128(%rsi,%r11,8)
	vunpckhpd	%ymm9, %ymm31, %ymm11
	vmovapd	.LCPI0_14(%rip), %ymm12
	vpermt2pd	%ymm10, %ymm12, %ymm11
	vblendpd	$8, %ymm1, %ymm11, %ymm11
	vmovupd	%ymm11, 192(%rsi,%r11,8)
	vpshufd	$78, %zmm8, %zmm11
	vpaddd	%zmm11, %zmm8, %zmm8
	vmovapd	%zmm31, %zmm11
	vmovdqa	.LCPI0_15(%rip), %xmm12
	vpermt2q	%zmm9, %zmm12, %zmm11
	vmovdqa	.LCPI0_16(%rip), %ymm12
	vpermt2q	%zmm10, %zmm12, %zmm11
	vpermt2q	%zmm1, %zmm19, %zmm11
	vmovdqu	%ymm11, 256(%rsi,%r11,8)
	vmovapd	%zmm31, %zmm11
	vpermt2q	%zmm9, %zmm20, %zmm11
	vpermt2q	%zmm10, %zmm21, %zmm11
	vpermt2q	%zmm1, %zmm22, %zmm11
	vmovdqu	%ymm11, 320(%rsi,%r11,8)
	vpshufd	$177, %zmm8, %zmm11
	vpaddd	%zmm11, %zmm8, %zmm8
	vmovapd	%zmm31, %zmm11
	vpermt2q	%zmm9, %zmm23, %zmm11
	vpermt2q	%zmm10, %zmm24, %zmm11
	vpermt2q	%zmm1, %zmm25, %zmm11
	vmovdqu	%ymm11, 384(%rsi,%r11,8)
	vpermt2q	%zmm9, %zmm26, %zmm31
	vpermt2q	%zmm10, %zmm27, %zmm31
	vpermt2q	%zmm1, %zmm28, %zmm31
	vmovdqu64	%ymm31, 448(%rsi,%r11,8)
	#APP
	#NO_APP
	vpermps	%zmm30, %zmm29, %zmm1
	vmovups	%xmm1, 512(%rsi,%r11,4)
	vpslld	$7, %zmm8, %zmm1
	vpxor	%xmm8, %xmm8, %xmm8
	vpsubd	%zmm1, %zmm8, %zmm1
	#APP
	#NO_APP
	vpermps	%zmm1, %zmm29, %zmm1
	vmovups	%xmm1, 544(%rsi,%r11,4)
	addq	$576, %rsi
	subq	$-128, %rdx
	cmpq	$12288, %rdx
	jge	.LBB0_17
.LBB0_4:
	vxorps	%xmm31, %xmm31, %xmm31
	cmpq	%rdi, %rbx
	jl	.LBB0_5
	vpxor	%xmm14, %xmm14, %xmm14
	vpxor	%xmm13, %xmm13, %xmm13
	cmpq	%rdi, %r15
	jge	.LBB0_9
.LBB0_8:
	vmovdqu64	(%r12,%rdx), %zmm12
	vmovdqu64	64(%r12,%rdx), %zmm9
	cmpq	%rdi, %r13
	jge	.LBB0_12
.LBB0_11:
	vmovdqu64	(%rbp,%rdx), %zmm11
	vmovdqu64	64(%rbp,%rdx), %zmm10
	cmpq	%rdi, %rcx
	jge	.LBB0_15
	jmp	.LBB0_14
	.p2align	4
.LBB0_5:
	vmovdqu64	(%r14,%rdx), %zmm14
	vmovdqu64	64(%r14,%rdx), %zmm13
	cmpq	%rdi, %r15
	jl	.LBB0_8
.LBB0_9:
	vpxor	%xmm12, %xmm12, %xmm12
	vpxor	%xmm9, %xmm9, %xmm9
	cmpq	%rdi, %r13
	jl	.LBB0_11
.LBB0_12:
	vpxor	%xmm11, %xmm11, %xmm11
	vpxor	%xmm10, %xmm10, %xmm10
	cmpq	%rdi, %rcx
	jge	.LBB0_15
.LBB0_14:
	vmovdqu64	(%r10,%rdx), %zmm8
	vmovdqu64	64(%r10,%rdx), %zmm1
	jmp	.LBB0_16
.LBB0_19:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_3072_t8_rows_96018281217aa8a4, .Lfunc_end0-norm_quant_i16_3072_t8_rows_96018281217aa8a4

	.section	".note.GNU-stack","",@progbits
