	.file	"norm_quant_i16_3072_t4_rows_deae849abc40081f"
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
.LCPI0_22:
	.long	0
	.long	4
	.long	8
	.long	12
	.long	16
	.long	20
	.long	24
	.long	28
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_10:
	.quad	0
	.quad	8
	.zero	8
	.zero	8
	.quad	1
	.quad	9
	.zero	8
	.zero	8
.LCPI0_11:
	.quad	0
	.quad	1
	.quad	8
	.zero	8
	.quad	4
	.quad	5
	.quad	9
	.zero	8
.LCPI0_12:
	.quad	0
	.quad	1
	.quad	2
	.quad	8
	.quad	4
	.quad	5
	.quad	6
	.quad	9
.LCPI0_13:
	.quad	2
	.quad	10
	.zero	8
	.zero	8
	.quad	3
	.quad	11
	.zero	8
	.zero	8
.LCPI0_14:
	.quad	0
	.quad	1
	.quad	10
	.zero	8
	.quad	4
	.quad	5
	.quad	11
	.zero	8
.LCPI0_15:
	.quad	0
	.quad	1
	.quad	2
	.quad	10
	.quad	4
	.quad	5
	.quad	6
	.quad	11
.LCPI0_16:
	.quad	4
	.quad	12
	.zero	8
	.zero	8
	.quad	5
	.quad	13
	.zero	8
	.zero	8
.LCPI0_17:
	.quad	0
	.quad	1
	.quad	12
	.zero	8
	.quad	4
	.quad	5
	.quad	13
	.zero	8
.LCPI0_18:
	.quad	0
	.quad	1
	.quad	2
	.quad	12
	.quad	4
	.quad	5
	.quad	6
	.quad	13
.LCPI0_19:
	.quad	6
	.quad	14
	.zero	8
	.zero	8
	.quad	7
	.quad	15
	.zero	8
	.zero	8
.LCPI0_20:
	.quad	0
	.quad	1
	.quad	14
	.zero	8
	.quad	4
	.quad	5
	.quad	15
	.zero	8
.LCPI0_21:
	.quad	0
	.quad	1
	.quad	2
	.quad	14
	.quad	4
	.quad	5
	.quad	6
	.quad	15
	.text
	.globl	norm_quant_i16_3072_t4_rows_deae849abc40081f
	.p2align	4
	.type	norm_quant_i16_3072_t4_rows_deae849abc40081f,@function
norm_quant_i16_3072_t4_rows_deae849abc40081f:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	(%rdi), %rcx
	movq	8(%rdi), %rdi
	movq	(%rcx), %rax
	movq	8(%rcx), %rcx
	movq	%rcx, -8(%rsp)
	movq	16(%rdi), %rdi
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_2(%rip), %zmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vpbroadcastd	.LCPI0_3(%rip), %zmm4
	vpbroadcastd	.LCPI0_4(%rip), %zmm5
	vmovaps	.LCPI0_5(%rip), %ymm6
	vmovaps	.LCPI0_6(%rip), %ymm7
	leaq	-1(%rdi), %r8
	vmovdqa64	.LCPI0_12(%rip), %zmm14
	vmovdqa64	.LCPI0_13(%rip), %zmm15
	vmovdqa64	.LCPI0_14(%rip), %zmm16
	vmovdqa64	.LCPI0_15(%rip), %zmm17
	vmovdqa64	.LCPI0_16(%rip), %zmm18
	vmovdqa64	.LCPI0_17(%rip), %zmm19
	vmovdqa64	.LCPI0_18(%rip), %zmm20
	vmovdqa64	.LCPI0_19(%rip), %zmm21
	vmovdqa64	.LCPI0_20(%rip), %zmm22
	vmovdqa64	.LCPI0_21(%rip), %zmm23
	vmovdqa64	.LCPI0_22(%rip), %ymm24
	jmp	.LBB0_1
	.p2align	4
.LBB0_16:
	incq	%rsi
.LBB0_1:
	cmpq	%rdx, %rsi
	jge	.LBB0_17
	leaq	(,%rsi,4), %r9
	cmpq	%r8, %r9
	movq	%r8, %rcx
	cmovlq	%r9, %rcx
	leaq	(%rcx,%rcx,2), %r10
	shlq	$12, %r10
	addq	%rax, %r10
	leaq	1(,%rsi,4), %r11
	cmpq	%r8, %r11
	movq	%r8, %rcx
	cmovlq	%r11, %rcx
	leaq	(%rcx,%rcx,2), %rbx
	shlq	$12, %rbx
	addq	%rax, %rbx
	leaq	2(,%rsi,4), %r14
	cmpq	%r8, %r14
	movq	%r8, %rcx
	cmovlq	%r14, %rcx
	leaq	(%rcx,%rcx,2), %r15
	shlq	$12, %r15
	addq	%rax, %r15
	leaq	3(,%rsi,4), %r12
	cmpq	%r8, %r12
	movq	%r8, %rcx
	cmovlq	%r12, %rcx
	leaq	(%rcx,%rcx,2), %r13
	shlq	$12, %r13
	addq	%rax, %r13
	imulq	$27648, %rsi, %rbp
	addq	-8(%rsp), %rbp
	xorl	%ecx, %ecx
	jmp	.LBB0_3
	.p2align	4
.LBB0_14:
	vpxord	%xmm27, %xmm27, %xmm27
	vpxord	%xmm26, %xmm26, %xmm26
.LBB0_15:
	vpandd	%zmm0, %zmm8, %zmm10
	vpandd	%zmm0, %zmm9, %zmm25
	vpcmpgtd	%zmm10, %zmm25, %k1
	vpandd	%zmm0, %zmm9, %zmm10 {%k1}
	vpandd	%zmm0, %zmm31, %zmm25
	vpandd	%zmm0, %zmm1, %zmm11
	vpcmpgtd	%zmm25, %zmm11, %k1
	vpandd	%zmm0, %zmm1, %zmm25 {%k1}
	vpandd	%zmm0, %zmm29, %zmm11
	vpandd	%zmm0, %zmm30, %zmm12
	vpcmpgtd	%zmm11, %zmm12, %k1
	vpandd	%zmm0, %zmm26, %zmm12
	vpandd	%zmm0, %zmm27, %zmm13
	vpcmpgtd	%zmm12, %zmm13, %k2
	vshuff64x2	$238, %zmm25, %zmm10, %zmm13
	vinserti64x4	$1, %ymm25, %zmm10, %zmm10
	vpandd	%zmm0, %zmm30, %zmm11 {%k1}
	vpandd	%zmm0, %zmm27, %zmm12 {%k2}
	vpcmpgtd	%zmm13, %zmm10, %k1
	vmovaps	%zmm10, %zmm13 {%k1}
	vshuff64x2	$238, %zmm12, %zmm11, %zmm10
	vinserti64x4	$1, %ymm12, %zmm11, %zmm11
	vpcmpgtd	%zmm10, %zmm11, %k1
	vmovaps	%zmm11, %zmm10 {%k1}
	vshuff64x2	$221, %zmm10, %zmm13, %zmm11
	vshuff64x2	$136, %zmm10, %zmm13, %zmm12
	vpcmpgtd	%zmm11, %zmm12, %k1
	vshuff32x4	$136, %zmm10, %zmm13, %zmm11 {%k1}
	vshufpd	$85, %zmm11, %zmm11, %zmm10
	vpcmpgtd	%zmm10, %zmm11, %k1
	vmovaps	%zmm11, %zmm10 {%k1}
	vshufps	$177, %zmm10, %zmm10, %zmm11
	vpcmpgtd	%zmm11, %zmm10, %k1
	vmovaps	%zmm10, %zmm11 {%k1}
	vdivps	%zmm11, %zmm2, %zmm10
	vcmpltps	.LCPI0_1(%rip){1to16}, %zmm11, %k1
	vdivps	%zmm2, %zmm11, %zmm25
	vmovaps	%zmm28, %zmm25 {%k1}
	vmovaps	%zmm28, %zmm10 {%k1}
	vbroadcastss	%xmm10, %zmm11
	vmulps	%zmm11, %zmm9, %zmm9
	vaddps	%zmm3, %zmm9, %zmm9
	vpsubd	%zmm4, %zmm9, %zmm12
	vmulps	%zmm11, %zmm8, %zmm8
	vaddps	%zmm3, %zmm8, %zmm8
	vpsubd	%zmm4, %zmm8, %zmm11
	vpaddd	%zmm5, %zmm9, %zmm9
	vpsrld	$8, %zmm9, %zmm9
	vpaddd	%zmm5, %zmm8, %zmm8
	vpsrld	$8, %zmm8, %zmm8
	vpmovdb	%zmm11, %xmm13
	vinserti128	$1, %xmm13, %ymm0, %ymm13
	vpmovdb	%zmm8, %xmm8
	vpermt2ps	%ymm13, %ymm6, %ymm8
	vpmovdb	%zmm12, %xmm13
	vpmovdb	%zmm9, %xmm9
	vpermt2ps	%ymm13, %ymm7, %ymm9
	vinsertf64x4	$1, %ymm8, %zmm9, %zmm28
	vpaddd	%zmm11, %zmm12, %zmm8
	vbroadcastss	.LCPI0_7(%rip), %zmm9
	vpermps	%zmm10, %zmm9, %zmm9
	vmulps	%zmm9, %zmm1, %zmm1
	vaddps	%zmm3, %zmm1, %zmm1
	vpsubd	%zmm4, %zmm1, %zmm11
	vmulps	%zmm9, %zmm31, %zmm9
	vaddps	%zmm3, %zmm9, %zmm9
	vpsubd	%zmm4, %zmm9, %zmm12
	vpaddd	%zmm5, %zmm1, %zmm1
	vpsrld	$8, %zmm1, %zmm1
	vpaddd	%zmm5, %zmm9, %zmm9
	vpsrld	$8, %zmm9, %zmm9
	vpmovdb	%zmm12, %xmm13
	vinserti128	$1, %xmm13, %ymm0, %ymm13
	vpmovdb	%zmm9, %xmm9
	vpermt2ps	%ymm13, %ymm6, %ymm9
	vpmovdb	%zmm11, %xmm13
	vpmovdb	%zmm1, %xmm1
	vpermt2ps	%ymm13, %ymm7, %ymm1
	vinsertf64x4	$1, %ymm9, %zmm1, %zmm1
	vpaddd	%zmm12, %zmm11, %zmm31
	vbroadcastss	.LCPI0_8(%rip), %zmm9
	vpermps	%zmm10, %zmm9, %zmm9
	vmulps	%zmm9, %zmm30, %zmm11
	vaddps	%zmm3, %zmm11, %zmm11
	vpsubd	%zmm4, %zmm11, %zmm12
	vmulps	%zmm9, %zmm29, %zmm9
	vaddps	%zmm3, %zmm9, %zmm9
	vpsubd	%zmm4, %zmm9, %zmm13
	vpaddd	%zmm5, %zmm11, %zmm11
	vpsrld	$8, %zmm11, %zmm11
	vpaddd	%zmm5, %zmm9, %zmm9
	vpsrld	$8, %zmm9, %zmm9
	vpmovdb	%zmm13, %xmm29
	vinserti32x4	$1, %xmm29, %ymm0, %ymm29
	vpmovdb	%zmm9, %xmm9
	vpermt2ps	%ymm29, %ymm6, %ymm9
	vpmovdb	%zmm12, %xmm29
	vpmovdb	%zmm11, %xmm11
	vpermt2ps	%ymm29, %ymm7, %ymm11
	vinsertf64x4	$1, %ymm9, %zmm11, %zmm9
	vpaddd	%zmm13, %zmm12, %zmm11
	vbroadcastss	.LCPI0_9(%rip), %zmm12
	vpermps	%zmm10, %zmm12, %zmm10
	vmulps	%zmm10, %zmm27, %zmm12
	vaddps	%zmm3, %zmm12, %zmm12
	vpsubd	%zmm4, %zmm12, %zmm13
	vmulps	%zmm10, %zmm26, %zmm10
	vaddps	%zmm3, %zmm10, %zmm10
	vpsubd	%zmm4, %zmm10, %zmm26
	vpaddd	%zmm5, %zmm12, %zmm12
	vpsrld	$8, %zmm12, %zmm12
	vpaddd	%zmm5, %zmm10, %zmm10
	vpsrld	$8, %zmm10, %zmm10
	vpmovdb	%zmm26, %xmm27
	vinserti32x4	$1, %xmm27, %ymm0, %ymm27
	vpmovdb	%zmm10, %xmm10
	vpermt2ps	%ymm27, %ymm6, %ymm10
	vpmovdb	%zmm13, %xmm27
	vpmovdb	%zmm12, %xmm12
	vpermt2ps	%ymm27, %ymm7, %ymm12
	vinsertf64x4	$1, %ymm10, %zmm12, %zmm10
	vpaddd	%zmm26, %zmm13, %zmm12
	vshufi64x2	$238, %zmm31, %zmm8, %zmm13
	vinserti64x4	$1, %ymm31, %zmm8, %zmm8
	vpaddd	%zmm13, %zmm8, %zmm8
	vshufi64x2	$238, %zmm12, %zmm11, %zmm13
	vinserti64x4	$1, %ymm12, %zmm11, %zmm11
	vpaddd	%zmm13, %zmm11, %zmm11
	vshufi64x2	$221, %zmm11, %zmm8, %zmm12
	vshufi64x2	$136, %zmm11, %zmm8, %zmm8
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	vpaddd	%zmm12, %zmm8, %zmm8
	vpshufd	$78, %zmm8, %zmm11
	vpaddd	%zmm11, %zmm8, %zmm8
	vpshufd	$177, %zmm8, %zmm11
	vpaddd	%zmm11, %zmm8, %zmm8
	vmovdqa64	%zmm28, %zmm11
	vmovdqa64	.LCPI0_10(%rip), %zmm12
	vpermt2q	%zmm1, %zmm12, %zmm11
	vmovdqa64	.LCPI0_11(%rip), %zmm12
	vpermt2q	%zmm9, %zmm12, %zmm11
	vpermt2q	%zmm10, %zmm14, %zmm11
	vmovdqu64	%zmm11, (%rbp)
	vmovdqa64	%zmm28, %zmm11
	vpermt2q	%zmm1, %zmm15, %zmm11
	vpermt2q	%zmm9, %zmm16, %zmm11
	vpermt2q	%zmm10, %zmm17, %zmm11
	vmovdqu64	%zmm11, 64(%rbp)
	vmovdqa64	%zmm28, %zmm11
	vpermt2q	%zmm1, %zmm18, %zmm11
	vpermt2q	%zmm9, %zmm19, %zmm11
	vpermt2q	%zmm10, %zmm20, %zmm11
	vmovdqu64	%zmm11, 128(%rbp)
	vpermt2q	%zmm1, %zmm21, %zmm28
	vpermt2q	%zmm9, %zmm22, %zmm28
	vpermt2q	%zmm10, %zmm23, %zmm28
	vmovdqu64	%zmm28, 192(%rbp)
	#APP
	#NO_APP
	vpslld	$7, %zmm8, %zmm1
	vpxor	%xmm8, %xmm8, %xmm8
	vpsubd	%zmm1, %zmm8, %zmm1
	#APP
	#NO_APP
	vpermt2d	%zmm1, %zmm24, %zmm25
	vmovdqu64	%ymm25, 256(%rbp)
	addq	$288, %rbp
	subq	$-128, %rcx
	cmpq	$12288, %rcx
	jge	.LBB0_16
.LBB0_3:
	vxorps	%xmm28, %xmm28, %xmm28
	cmpq	%rdi, %r9
	jl	.LBB0_4
	vpxor	%xmm9, %xmm9, %xmm9
	vpxor	%xmm8, %xmm8, %xmm8
	cmpq	%rdi, %r11
	jge	.LBB0_8
.LBB0_7:
	vmovdqu64	(%rbx,%rcx), %zmm1
	vmovdqu64	64(%rbx,%rcx), %zmm31
	cmpq	%rdi, %r14
	jge	.LBB0_11
.LBB0_10:
	vmovdqu64	(%r15,%rcx), %zmm30
	vmovdqu64	64(%r15,%rcx), %zmm29
	cmpq	%rdi, %r12
	jge	.LBB0_14
	jmp	.LBB0_13
	.p2align	4
.LBB0_4:
	vmovdqu64	(%r10,%rcx), %zmm9
	vmovdqu64	64(%r10,%rcx), %zmm8
	cmpq	%rdi, %r11
	jl	.LBB0_7
.LBB0_8:
	vpxor	%xmm1, %xmm1, %xmm1
	vpxord	%xmm31, %xmm31, %xmm31
	cmpq	%rdi, %r14
	jl	.LBB0_10
.LBB0_11:
	vpxord	%xmm30, %xmm30, %xmm30
	vpxord	%xmm29, %xmm29, %xmm29
	cmpq	%rdi, %r12
	jge	.LBB0_14
.LBB0_13:
	vmovdqu64	(%r13,%rcx), %zmm27
	vmovdqu64	64(%r13,%rcx), %zmm26
	jmp	.LBB0_15
.LBB0_17:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_3072_t4_rows_deae849abc40081f, .Lfunc_end0-norm_quant_i16_3072_t4_rows_deae849abc40081f

	.section	".note.GNU-stack","",@progbits
