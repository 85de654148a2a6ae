	.file	"norm_quant_i16_1024_t4_rows_16d9dd4576fbf830"
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
.LCPI0_25:
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
.LCPI0_13:
	.quad	0
	.quad	8
	.zero	8
	.zero	8
	.quad	1
	.quad	9
	.zero	8
	.zero	8
.LCPI0_14:
	.quad	0
	.quad	1
	.quad	8
	.zero	8
	.quad	4
	.quad	5
	.quad	9
	.zero	8
.LCPI0_15:
	.quad	0
	.quad	1
	.quad	2
	.quad	8
	.quad	4
	.quad	5
	.quad	6
	.quad	9
.LCPI0_16:
	.quad	2
	.quad	10
	.zero	8
	.zero	8
	.quad	3
	.quad	11
	.zero	8
	.zero	8
.LCPI0_17:
	.quad	0
	.quad	1
	.quad	10
	.zero	8
	.quad	4
	.quad	5
	.quad	11
	.zero	8
.LCPI0_18:
	.quad	0
	.quad	1
	.quad	2
	.quad	10
	.quad	4
	.quad	5
	.quad	6
	.quad	11
.LCPI0_19:
	.quad	4
	.quad	12
	.zero	8
	.zero	8
	.quad	5
	.quad	13
	.zero	8
	.zero	8
.LCPI0_20:
	.quad	0
	.quad	1
	.quad	12
	.zero	8
	.quad	4
	.quad	5
	.quad	13
	.zero	8
.LCPI0_21:
	.quad	0
	.quad	1
	.quad	2
	.quad	12
	.quad	4
	.quad	5
	.quad	6
	.quad	13
.LCPI0_22:
	.quad	6
	.quad	14
	.zero	8
	.zero	8
	.quad	7
	.quad	15
	.zero	8
	.zero	8
.LCPI0_23:
	.quad	0
	.quad	1
	.quad	14
	.zero	8
	.quad	4
	.quad	5
	.quad	15
	.zero	8
.LCPI0_24:
	.quad	0
	.quad	1
	.quad	2
	.quad	14
	.quad	4
	.quad	5
	.quad	6
	.quad	15
	.text
	.globl	norm_quant_i16_1024_t4_rows_16d9dd4576fbf830
	.p2align	4
	.type	norm_quant_i16_1024_t4_rows_16d9dd4576fbf830,@function
norm_quant_i16_1024_t4_rows_16d9dd4576fbf830:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$256, %rsp
	movq	%rdx, 48(%rsp)
	movq	(%rdi), %rdx
	movq	8(%rdi), %rdi
	movq	(%rdx), %rax
	movq	8(%rdx), %rcx
	movq	16(%rdx), %rdx
	movq	%rdx, 40(%rsp)
	movq	16(%rdi), %r8
	vmovss	.LCPI0_0(%rip), %xmm15
	vmovss	.LCPI0_1(%rip), %xmm16
	vmovss	.LCPI0_2(%rip), %xmm17
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vpbroadcastd	.LCPI0_6(%rip), %zmm7
	vpbroadcastd	.LCPI0_7(%rip), %zmm8
	vmovaps	.LCPI0_8(%rip), %ymm9
	vmovaps	.LCPI0_9(%rip), %ymm10
	leaq	-1(%r8), %rdi
	vmovdqa64	.LCPI0_19(%rip), %zmm21
	vmovdqa64	.LCPI0_20(%rip), %zmm22
	vmovdqa64	.LCPI0_21(%rip), %zmm23
	vmovdqa64	.LCPI0_22(%rip), %zmm24
	vmovdqa64	.LCPI0_23(%rip), %zmm25
	vmovdqa64	.LCPI0_24(%rip), %zmm26
	vmovdqa64	.LCPI0_25(%rip), %ymm27
	jmp	.LBB0_1
	.p2align	4
.LBB0_32:
	movq	56(%rsp), %rsi
	incq	%rsi
	vmovss	.LCPI0_0(%rip), %xmm15
	vmovss	.LCPI0_1(%rip), %xmm16
	vmovss	.LCPI0_2(%rip), %xmm17
.LBB0_1:
	cmpq	48(%rsp), %rsi
	jge	.LBB0_33
	leaq	(,%rsi,4), %r10
	xorl	%edx, %edx
	.p2align	4
.LBB0_3:
	leaq	(%r10,%rdx), %r11
	cmpq	%rdi, %r11
	cmovgeq	%rdi, %r11
	shlq	$12, %r11
	addq	%rax, %r11
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r9d, %r9d
	vxorps	%xmm1, %xmm1, %xmm1
	vxorps	%xmm2, %xmm2, %xmm2
	vxorps	%xmm4, %xmm4, %xmm4
	.p2align	4
.LBB0_4:
	vmovups	(%r11,%r9), %zmm11
	vmovups	64(%r11,%r9), %zmm12
	vmovups	128(%r11,%r9), %zmm13
	vmovups	192(%r11,%r9), %zmm14
	vfmadd231ps	%zmm11, %zmm11, %zmm0
	vfmadd231ps	%zmm12, %zmm12, %zmm1
	vfmadd231ps	%zmm13, %zmm13, %zmm2
	vfmadd231ps	%zmm14, %zmm14, %zmm4
	addq	$256, %r9
	cmpq	$4096, %r9
	jl	.LBB0_4
	vaddps	%zmm1, %zmm0, %zmm0
	vaddps	%zmm4, %zmm2, %zmm1
	vaddps	%zmm1, %zmm0, %zmm0
	vextractf64x4	$1, %zmm0, %ymm1
	vaddps	%ymm1, %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	vmulss	%xmm0, %xmm15, %xmm0
	vaddss	%xmm16, %xmm0, %xmm0
	vsqrtss	%xmm0, %xmm0, %xmm0
	vdivss	%xmm0, %xmm17, %xmm0
	vmovss	%xmm0, 64(%rsp,%rdx,4)
	incq	%rdx
	cmpq	$4, %rdx
	jl	.LBB0_3
	cmpq	%rdi, %r10
	movq	%rdi, %r11
	cmovlq	%r10, %r11
	shlq	$12, %r11
	addq	%rax, %r11
	vbroadcastss	64(%rsp), %zmm28
	leaq	1(%r10), %rdx
	cmpq	%rdi, %rdx
	movq	%rdi, %r14
	cmovlq	%rdx, %r14
	shlq	$12, %r14
	addq	%rax, %r14
	vbroadcastss	68(%rsp), %zmm29
	leaq	2(%r10), %r15
	cmpq	%rdi, %r15
	movq	%rdi, %r12
	cmovlq	%r15, %r12
	shlq	$12, %r12
	vbroadcastss	72(%rsp), %zmm30
	addq	%rax, %r12
	leaq	3(%r10), %r13
	cmpq	%rdi, %r13
	movq	%rdi, %r9
	cmovlq	%r13, %r9
	shlq	$12, %r9
	addq	%rax, %r9
	vbroadcastss	76(%rsp), %zmm31
	movq	%rsi, 56(%rsp)
	leaq	(%rsi,%rsi,8), %rbx
	movq	%rdx, %rsi
	shlq	$10, %rbx
	addq	40(%rsp), %rbx
	xorl	%edx, %edx
	jmp	.LBB0_7
	.p2align	4
.LBB0_30:
	vxorps	%xmm2, %xmm2, %xmm2
.LBB0_31:
	vandps	%zmm3, %zmm16, %zmm0
	vandps	%zmm3, %zmm15, %zmm17
	vpcmpgtd	%zmm0, %zmm17, %k1
	vandps	%zmm3, %zmm15, %zmm0 {%k1}
	vandps	%zmm3, %zmm14, %zmm17
	vandps	%zmm3, %zmm13, %zmm18
	vpcmpgtd	%zmm17, %zmm18, %k1
	vandps	%zmm3, %zmm13, %zmm17 {%k1}
	vandps	%zmm3, %zmm12, %zmm18
	vandps	%zmm3, %zmm4, %zmm19
	vpcmpgtd	%zmm18, %zmm19, %k1
	vandps	%zmm3, %zmm2, %zmm19
	vandps	%zmm3, %zmm1, %zmm20
	vpcmpgtd	%zmm19, %zmm20, %k2
	vshuff64x2	$238, %zmm17, %zmm0, %zmm20
	vinsertf64x4	$1, %ymm17, %zmm0, %zmm0
	vandps	%zmm3, %zmm4, %zmm18 {%k1}
	vandps	%zmm3, %zmm1, %zmm19 {%k2}
	vpcmpgtd	%zmm20, %zmm0, %k1
	vmovaps	%zmm0, %zmm20 {%k1}
	vshuff64x2	$238, %zmm19, %zmm18, %zmm0
	vinsertf64x4	$1, %ymm19, %zmm18, %zmm17
	vpcmpgtd	%zmm0, %zmm17, %k1
	vmovaps	%zmm17, %zmm0 {%k1}
	vshuff64x2	$221, %zmm0, %zmm20, %zmm17
	vshuff64x2	$136, %zmm0, %zmm20, %zmm18
	vpcmpgtd	%zmm17, %zmm18, %k1
	vshuff32x4	$136, %zmm0, %zmm20, %zmm17 {%k1}
	vshufpd	$85, %zmm17, %zmm17, %zmm0
	vpcmpgtd	%zmm0, %zmm17, %k1
	vmovaps	%zmm17, %zmm0 {%k1}
	vshufps	$177, %zmm0, %zmm0, %zmm18
	vpcmpgtd	%zmm18, %zmm0, %k1
	vmovaps	%zmm0, %zmm18 {%k1}
	vdivps	%zmm18, %zmm5, %zmm17
	vcmpltps	.LCPI0_4(%rip){1to16}, %zmm18, %k1
	vdivps	%zmm5, %zmm18, %zmm0
	vmovaps	%zmm11, %zmm0 {%k1}
	vmovaps	%zmm11, %zmm17 {%k1}
	vbroadcastss	%xmm17, %zmm11
	vmulps	%zmm11, %zmm15, %zmm15
	vaddps	%zmm6, %zmm15, %zmm15
	vpsubd	%zmm7, %zmm15, %zmm18
	vmulps	%zmm11, %zmm16, %zmm11
	vaddps	%zmm6, %zmm11, %zmm11
	vpsubd	%zmm7, %zmm11, %zmm16
	vpaddd	%zmm8, %zmm15, %zmm15
	vpsrld	$8, %zmm15, %zmm15
	vpaddd	%zmm8, %zmm11, %zmm11
	vpsrld	$8, %zmm11, %zmm11
	vpmovdb	%zmm16, %xmm19
	vinsertf32x4	$1, %xmm19, %ymm0, %ymm19
	vpmovdb	%zmm11, %xmm11
	vpermt2ps	%ymm19, %ymm9, %ymm11
	vpmovdb	%zmm18, %xmm19
	vpmovdb	%zmm15, %xmm15
	vpermt2ps	%ymm19, %ymm10, %ymm15
	vinsertf64x4	$1, %ymm11, %zmm15, %zmm11
	vpaddd	%zmm16, %zmm18, %zmm15
	vbroadcastss	.LCPI0_10(%rip), %zmm16
	vpermps	%zmm17, %zmm16, %zmm16
	vmulps	%zmm16, %zmm13, %zmm13
	vaddps	%zmm6, %zmm13, %zmm13
	vpsubd	%zmm7, %zmm13, %zmm18
	vmulps	%zmm16, %zmm14, %zmm14
	vaddps	%zmm6, %zmm14, %zmm14
	vpsubd	%zmm7, %zmm14, %zmm16
	vpaddd	%zmm8, %zmm13, %zmm13
	vpsrld	$8, %zmm13, %zmm13
	vpaddd	%zmm8, %zmm14, %zmm14
	vpsrld	$8, %zmm14, %zmm14
	vpmovdb	%zmm16, %xmm19
	vinsertf32x4	$1, %xmm19, %ymm0, %ymm19
	vpmovdb	%zmm14, %xmm14
	vpermt2ps	%ymm19, %ymm9, %ymm14
	vpmovdb	%zmm18, %xmm19
	vpmovdb	%zmm13, %xmm13
	vpermt2ps	%ymm19, %ymm10, %ymm13
	vinsertf64x4	$1, %ymm14, %zmm13, %zmm13
	vpaddd	%zmm16, %zmm18, %zmm14
	vbroadcastss	.LCPI0_11(%rip), %zmm16
	vpermps	%zmm17, %zmm16, %zmm16
	vmulps	%zmm16, %zmm4, %zmm4
	vaddps	%zmm6, %zmm4, %zmm4
	vpsubd	%zmm7, %zmm4, %zmm18
	vmulps	%zmm16, %zmm12, %zmm12
	vaddps	%zmm6, %zmm12, %zmm12
	vpsubd	%zmm7, %zmm12, %zmm16
	vpaddd	%zmm8, %zmm4, %zmm4
	vpsrld	$8, %zmm4, %zmm4
	vpaddd	%zmm8, %zmm12, %zmm12
	vpsrld	$8, %zmm12, %zmm12
	vpmovdb	%zmm16, %xmm19
	vinsertf32x4	$1, %xmm19, %ymm0, %ymm19
	vpmovdb	%zmm12, %xmm12
	vpermt2ps	%ymm19, %ymm9, %ymm12
	vpmovdb	%zmm18, %xmm19
	vpmovdb	%zmm4, %xmm4
	vpermt2ps	%ymm19, %ymm10, %ymm4
	vinsertf64x4	$1, %ymm12, %zmm4, %zmm4
	vpaddd	%zmm16, %zmm18, %zmm12
	vbroadcastss	.LCPI0_12(%rip), %zmm16
	vpermps	%zmm17, %zmm16, %zmm16
	vmulps	%zmm16, %zmm1, %zmm1
	vaddps	%zmm6, %zmm1, %zmm1
	vpsubd	%zmm7, %zmm1, %zmm17
	vmulps	%zmm16, %zmm2, %zmm2
	vaddps	%zmm6, %zmm2, %zmm2
	vpsubd	%zmm7, %zmm2, %zmm16
	vpaddd	%zmm8, %zmm1, %zmm1
	vpsrld	$8, %zmm1, %zmm1
	vpaddd	%zmm8, %zmm2, %zmm2
	vpsrld	$8, %zmm2, %zmm2
	vpmovdb	%zmm16, %xmm18
	vinsertf32x4	$1, %xmm18, %ymm0, %ymm18
	vpmovdb	%zmm2, %xmm2
	vpermt2ps	%ymm18, %ymm9, %ymm2
	vpmovdb	%zmm17, %xmm18
	vpmovdb	%zmm1, %xmm1
	vpermt2ps	%ymm18, %ymm10, %ymm1
	vinsertf64x4	$1, %ymm2, %zmm1, %zmm1
	vpaddd	%zmm16, %zmm17, %zmm2
	vshufi64x2	$238, %zmm14, %zmm15, %zmm16
	vinserti64x4	$1, %ymm14, %zmm15, %zmm14
	vpaddd	%zmm16, %zmm14, %zmm14
	vshufi64x2	$238, %zmm2, %zmm12, %zmm15
	vinserti64x4	$1, %ymm2, %zmm12, %zmm2
	vpaddd	%zmm15, %zmm2, %zmm2
	vshufi64x2	$221, %zmm2, %zmm14, %zmm12
	vshufi64x2	$136, %zmm2, %zmm14, %zmm2
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	vpaddd	%zmm12, %zmm2, %zmm2
	vpshufd	$78, %zmm2, %zmm12
	vpaddd	%zmm12, %zmm2, %zmm2
	vpshufd	$177, %zmm2, %zmm12
	vpaddd	%zmm12, %zmm2, %zmm2
	vmovdqa64	%zmm11, %zmm12
	vmovdqa64	.LCPI0_13(%rip), %zmm14
	vpermt2q	%zmm13, %zmm14, %zmm12
	vmovdqa64	.LCPI0_14(%rip), %zmm14
	vpermt2q	%zmm4, %zmm14, %zmm12
	vmovdqa64	.LCPI0_15(%rip), %zmm14
	vpermt2q	%zmm1, %zmm14, %zmm12
	vmovdqu64	%zmm12, (%rbx)
	vmovdqa64	%zmm11, %zmm12
	vmovdqa64	.LCPI0_16(%rip), %zmm14
	vpermt2q	%zmm13, %zmm14, %zmm12
	vmovdqa64	.LCPI0_17(%rip), %zmm14
	vpermt2q	%zmm4, %zmm14, %zmm12
	vmovdqa64	.LCPI0_18(%rip), %zmm14
	vpermt2q	%zmm1, %zmm14, %zmm12
	vmovdqu64	%zmm12, 64(%rbx)
	vmovdqa64	%zmm11, %zmm12
	vpermt2q	%zmm13, %zmm21, %zmm12
	vpermt2q	%zmm4, %zmm22, %zmm12
	vpermt2q	%zmm1, %zmm23, %zmm12
	vmovdqu64	%zmm12, 128(%rbx)
	vpermt2q	%zmm13, %zmm24, %zmm11
	vpermt2q	%zmm4, %zmm25, %zmm11
	vpermt2q	%zmm1, %zmm26, %zmm11
	vmovdqu64	%zmm11, 192(%rbx)
	#APP
	#NO_APP
	vpslld	$7, %zmm2, %zmm1
	vpxor	%xmm2, %xmm2, %xmm2
	vpsubd	%zmm1, %zmm2, %zmm1
	#APP
	#NO_APP
	vpermt2d	%zmm1, %zmm27, %zmm0
	vmovdqu	%ymm0, 256(%rbx)
	addq	$288, %rbx
	subq	$-128, %rdx
	cmpq	$4096, %rdx
	jge	.LBB0_32
.LBB0_7:
	vmovups	(%rcx,%rdx), %zmm0
	vxorps	%xmm11, %xmm11, %xmm11
	cmpq	%r8, %r10
	jl	.LBB0_8
	vxorps	%xmm15, %xmm15, %xmm15
	vmovups	64(%rcx,%rdx), %zmm2
	jge	.LBB0_12
.LBB0_11:
	vmulps	64(%r11,%rdx), %zmm28, %zmm1
	vmulps	%zmm2, %zmm1, %zmm16
	cmpq	%r8, %rsi
	jge	.LBB0_15
.LBB0_14:
	vmulps	(%r14,%rdx), %zmm29, %zmm1
	vmulps	%zmm0, %zmm1, %zmm13
	jge	.LBB0_18
.LBB0_17:
	vmulps	64(%r14,%rdx), %zmm29, %zmm1
	vmulps	%zmm2, %zmm1, %zmm14
	cmpq	%r8, %r15
	jge	.LBB0_21
.LBB0_20:
	vmulps	(%r12,%rdx), %zmm30, %zmm1
	vmulps	%zmm0, %zmm1, %zmm4
	jge	.LBB0_24
.LBB0_23:
	vmulps	64(%r12,%rdx), %zmm30, %zmm1
	vmulps	%zmm2, %zmm1, %zmm12
	cmpq	%r8, %r13
	jge	.LBB0_27
.LBB0_26:
	vmulps	(%r9,%rdx), %zmm31, %zmm1
	vmulps	%zmm0, %zmm1, %zmm1
	jge	.LBB0_30
	jmp	.LBB0_29
	.p2align	4
.LBB0_8:
	vmulps	(%r11,%rdx), %zmm28, %zmm1
	vmulps	%zmm0, %zmm1, %zmm15
	vmovups	64(%rcx,%rdx), %zmm2
	jl	.LBB0_11
.LBB0_12:
	vxorps	%xmm16, %xmm16, %xmm16
	cmpq	%r8, %rsi
	jl	.LBB0_14
.LBB0_15:
	vxorps	%xmm13, %xmm13, %xmm13
	jl	.LBB0_17
.LBB0_18:
	vxorps	%xmm14, %xmm14, %xmm14
	cmpq	%r8, %r15
	jl	.LBB0_20
.LBB0_21:
	vxorps	%xmm4, %xmm4, %xmm4
	jl	.LBB0_23
.LBB0_24:
	vxorps	%xmm12, %xmm12, %xmm12
	cmpq	%r8, %r13
	jl	.LBB0_26
.LBB0_27:
	vxorps	%xmm1, %xmm1, %xmm1
	jge	.LBB0_30
.LBB0_29:
	vmulps	64(%r9,%rdx), %zmm31, %zmm0
	vmulps	%zmm2, %zmm0, %zmm2
	jmp	.LBB0_31
.LBB0_33:
	leaq	-40(%rbp), %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i16_1024_t4_rows_16d9dd4576fbf830, .Lfunc_end0-norm_quant_i16_1024_t4_rows_16d9dd4576fbf830

	.section	".note.GNU-stack","",@progbits
