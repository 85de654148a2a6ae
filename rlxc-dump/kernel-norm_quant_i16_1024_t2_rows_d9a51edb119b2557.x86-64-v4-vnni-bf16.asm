	.file	"norm_quant_i16_1024_t2_rows_d9a51edb119b2557"
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
.LCPI0_11:
	.long	0
	.long	4
	.long	8
	.long	12
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_12:
	.quad	0
	.quad	8
	.quad	1
	.quad	9
	.quad	2
	.quad	10
	.quad	3
	.quad	11
.LCPI0_13:
	.quad	4
	.quad	12
	.quad	5
	.quad	13
	.quad	6
	.quad	14
	.quad	7
	.quad	15
	.text
	.globl	norm_quant_i16_1024_t2_rows_d9a51edb119b2557
	.p2align	4
	.type	norm_quant_i16_1024_t2_rows_d9a51edb119b2557,@function
norm_quant_i16_1024_t2_rows_d9a51edb119b2557:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r12
	pushq	%rbx
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
	vbroadcastss	.LCPI0_4(%rip), %zmm4
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vpbroadcastd	.LCPI0_6(%rip), %zmm7
	vpbroadcastd	.LCPI0_7(%rip), %zmm8
	vmovaps	.LCPI0_8(%rip), %ymm9
	vmovaps	.LCPI0_9(%rip), %ymm10
	vbroadcastss	.LCPI0_10(%rip), %zmm11
	vmovaps	.LCPI0_11(%rip), %xmm12
	leaq	-1(%r8), %r9
	vpxor	%xmm13, %xmm13, %xmm13
	vmovdqa64	.LCPI0_12(%rip), %zmm14
	vmovdqa64	.LCPI0_13(%rip), %zmm15
	jmp	.LBB0_1
	.p2align	4
.LBB0_20:
	incq	%rsi
.LBB0_1:
	cmpq	%rdx, %rsi
	jge	.LBB0_21
	leaq	(%rsi,%rsi), %r10
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_3:
	leaq	(%r10,%r11), %rbx
	cmpq	%r9, %rbx
	cmovgeq	%r9, %rbx
	shlq	$12, %rbx
	addq	%rax, %rbx
	vxorps	%xmm16, %xmm16, %xmm16
	xorl	%r14d, %r14d
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm18, %xmm18, %xmm18
	vxorps	%xmm19, %xmm19, %xmm19
	.p2align	4
.LBB0_4:
	vmovups	(%rbx,%r14), %zmm20
	vmovups	64(%rbx,%r14), %zmm21
	vmovups	128(%rbx,%r14), %zmm22
	vmovups	192(%rbx,%r14), %zmm23
	vfmadd231ps	%zmm20, %zmm20, %zmm16
	vfmadd231ps	%zmm21, %zmm21, %zmm17
	vfmadd231ps	%zmm22, %zmm22, %zmm18
	vfmadd231ps	%zmm23, %zmm23, %zmm19
	addq	$256, %r14
	cmpq	$4096, %r14
	jl	.LBB0_4
	vaddps	%zmm17, %zmm16, %zmm16
	vaddps	%zmm19, %zmm18, %zmm17
	vaddps	%zmm17, %zmm16, %zmm16
	vextractf64x4	$1, %zmm16, %ymm17
	vaddps	%ymm17, %ymm16, %ymm16
	vextractf32x4	$1, %ymm16, %xmm17
	vaddps	%xmm17, %xmm16, %xmm16
	vshufpd	$1, %xmm16, %xmm16, %xmm17
	vaddps	%xmm17, %xmm16, %xmm16
	vmovshdup	%xmm16, %xmm17
	vaddss	%xmm17, %xmm16, %xmm16
	vmulss	%xmm0, %xmm16, %xmm16
	vaddss	%xmm1, %xmm16, %xmm16
	vsqrtss	%xmm16, %xmm16, %xmm16
	vdivss	%xmm16, %xmm2, %xmm16
	vmovss	%xmm16, (%rsp,%r11,4)
	incq	%r11
	cmpq	$2, %r11
	jl	.LBB0_3
	cmpq	%r9, %r10
	movq	%r9, %r11
	cmovlq	%r10, %r11
	shlq	$12, %r11
	vbroadcastss	(%rsp), %zmm16
	addq	%rax, %r11
	leaq	1(%r10), %rbx
	cmpq	%r9, %rbx
	movq	%r9, %r14
	cmovlq	%rbx, %r14
	shlq	$12, %r14
	addq	%rax, %r14
	vbroadcastss	4(%rsp), %zmm17
	leaq	(%rsi,%rsi,8), %r15
	shlq	$9, %r15
	addq	%rdi, %r15
	xorl	%r12d, %r12d
	jmp	.LBB0_7
	.p2align	4
.LBB0_18:
	vxorps	%xmm22, %xmm22, %xmm22
.LBB0_19:
	vandps	%zmm3, %zmm23, %zmm18
	vandps	%zmm3, %zmm21, %zmm24
	vpcmpgtd	%zmm18, %zmm24, %k1
	vandps	%zmm3, %zmm21, %zmm18 {%k1}
	vandps	%zmm3, %zmm22, %zmm24
	vandps	%zmm3, %zmm19, %zmm25
	vpcmpgtd	%zmm24, %zmm25, %k1
	vandps	%zmm3, %zmm19, %zmm24 {%k1}
	vshuff64x2	$238, %zmm24, %zmm18, %zmm25
	vinsertf64x4	$1, %ymm24, %zmm18, %zmm18
	vpcmpgtd	%zmm25, %zmm18, %k1
	vmovaps	%zmm18, %zmm25 {%k1}
	vshuff64x2	$238, %zmm24, %zmm24, %zmm18
	vinsertf64x4	$1, %ymm24, %zmm24, %zmm24
	vpcmpgtd	%zmm18, %zmm24, %k1
	vmovaps	%zmm24, %zmm18 {%k1}
	vshuff64x2	$221, %zmm18, %zmm25, %zmm24
	vshuff64x2	$136, %zmm18, %zmm25, %zmm26
	vpcmpgtd	%zmm24, %zmm26, %k1
	vshuff32x4	$136, %zmm18, %zmm25, %zmm24 {%k1}
	vshufpd	$85, %zmm24, %zmm24, %zmm18
	vpcmpgtd	%zmm18, %zmm24, %k1
	vmovaps	%zmm24, %zmm18 {%k1}
	vshufps	$177, %zmm18, %zmm18, %zmm24
	vpcmpgtd	%zmm24, %zmm18, %k1
	vmovaps	%zmm18, %zmm24 {%k1}
	vcmpltps	%zmm4, %zmm24, %k1
	vdivps	%zmm24, %zmm5, %zmm25
	vdivps	%zmm5, %zmm24, %zmm18
	vmovaps	%zmm20, %zmm18 {%k1}
	vmovaps	%zmm20, %zmm25 {%k1}
	vbroadcastss	%xmm25, %zmm20
	vmulps	%zmm20, %zmm21, %zmm21
	vaddps	%zmm6, %zmm21, %zmm21
	vpsubd	%zmm7, %zmm21, %zmm24
	vmulps	%zmm20, %zmm23, %zmm20
	vaddps	%zmm6, %zmm20, %zmm20
	vpsubd	%zmm7, %zmm20, %zmm23
	vpaddd	%zmm8, %zmm21, %zmm21
	vpsrld	$8, %zmm21, %zmm21
	vpaddd	%zmm8, %zmm20, %zmm20
	vpsrld	$8, %zmm20, %zmm20
	vpmovdb	%zmm23, %xmm26
	vpmovdb	%zmm24, %xmm27
	vpmovdb	%zmm20, %xmm20
	vpmovdb	%zmm21, %xmm21
	vinsertf32x4	$1, %xmm26, %ymm0, %ymm26
	vpermt2ps	%ymm26, %ymm9, %ymm20
	vpermt2ps	%ymm27, %ymm10, %ymm21
	vinsertf64x4	$1, %ymm20, %zmm21, %zmm20
	#APP
	#NO_APP
	vpaddd	%zmm23, %zmm24, %zmm21
	vpermps	%zmm25, %zmm11, %zmm23
	vmulps	%zmm23, %zmm19, %zmm19
	vaddps	%zmm6, %zmm19, %zmm19
	vpsubd	%zmm7, %zmm19, %zmm24
	vmulps	%zmm23, %zmm22, %zmm22
	vaddps	%zmm6, %zmm22, %zmm22
	vpsubd	%zmm7, %zmm22, %zmm23
	vpaddd	%zmm8, %zmm19, %zmm19
	vpsrld	$8, %zmm19, %zmm19
	vpaddd	%zmm8, %zmm22, %zmm22
	vpmovdb	%zmm23, %xmm25
	vpsrld	$8, %zmm22, %zmm22
	vpmovdb	%zmm24, %xmm26
	vinsertf32x4	$1, %xmm25, %ymm0, %ymm25
	vpmovdb	%zmm22, %xmm22
	vpmovdb	%zmm19, %xmm19
	vpermt2ps	%ymm25, %ymm9, %ymm22
	vpermt2ps	%ymm26, %ymm10, %ymm19
	vinsertf64x4	$1, %ymm22, %zmm19, %zmm19
	#APP
	#NO_APP
	vpaddd	%zmm23, %zmm24, %zmm22
	#APP
	#NO_APP
	vshufi64x2	$238, %zmm22, %zmm21, %zmm23
	vinserti64x4	$1, %ymm22, %zmm21, %zmm21
	vpaddd	%zmm23, %zmm21, %zmm21
	vshufi64x2	$238, %zmm22, %zmm22, %zmm23
	vinserti64x4	$1, %ymm22, %zmm22, %zmm22
	vpaddd	%zmm23, %zmm22, %zmm22
	vshufi64x2	$221, %zmm22, %zmm21, %zmm23
	vshufi64x2	$136, %zmm22, %zmm21, %zmm21
	vpaddd	%zmm23, %zmm21, %zmm21
	vpshufd	$78, %zmm21, %zmm22
	vpaddd	%zmm22, %zmm21, %zmm21
	vpshufd	$177, %zmm21, %zmm22
	vpaddd	%zmm22, %zmm21, %zmm21
	vpslld	$7, %zmm21, %zmm21
	vpsubd	%zmm21, %zmm13, %zmm21
	#APP
	#NO_APP
	vmovdqa64	%zmm20, %zmm22
	vpermt2q	%zmm19, %zmm14, %zmm22
	vmovdqu64	%zmm22, (%r15)
	vpermt2q	%zmm19, %zmm15, %zmm20
	vmovdqu64	%zmm20, 64(%r15)
	vpermt2ps	%ymm21, %ymm12, %ymm18
	vmovups	%xmm18, 128(%r15)
	addq	$144, %r15
	subq	$-128, %r12
	cmpq	$4096, %r12
	jge	.LBB0_20
.LBB0_7:
	vmovups	(%rcx,%r12), %zmm18
	vxorps	%xmm20, %xmm20, %xmm20
	cmpq	%r8, %r10
	jl	.LBB0_8
	vxorps	%xmm21, %xmm21, %xmm21
	vmovups	64(%rcx,%r12), %zmm22
	jge	.LBB0_12
.LBB0_11:
	vmulps	64(%r11,%r12), %zmm16, %zmm19
	vmulps	%zmm22, %zmm19, %zmm23
	cmpq	%r8, %rbx
	jge	.LBB0_15
.LBB0_14:
	vmulps	(%r14,%r12), %zmm17, %zmm19
	vmulps	%zmm18, %zmm19, %zmm19
	jge	.LBB0_18
	jmp	.LBB0_17
	.p2align	4
.LBB0_8:
	vmulps	(%r11,%r12), %zmm16, %zmm19
	vmulps	%zmm18, %zmm19, %zmm21
	vmovups	64(%rcx,%r12), %zmm22
	jl	.LBB0_11
.LBB0_12:
	vxorps	%xmm23, %xmm23, %xmm23
	cmpq	%r8, %rbx
	jl	.LBB0_14
.LBB0_15:
	vxorps	%xmm19, %xmm19, %xmm19
	jge	.LBB0_18
.LBB0_17:
	vmulps	64(%r14,%r12), %zmm17, %zmm18
	vmulps	%zmm22, %zmm18, %zmm22
	jmp	.LBB0_19
.LBB0_21:
	leaq	-32(%rbp), %rsp
	popq	%rbx
	popq	%r12
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_1024_t2_rows_d9a51edb119b2557, .Lfunc_end0-norm_quant_i16_1024_t2_rows_d9a51edb119b2557

	.section	".note.GNU-stack","",@progbits
