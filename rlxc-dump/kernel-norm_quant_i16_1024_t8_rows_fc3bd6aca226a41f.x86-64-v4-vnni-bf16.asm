	.file	"norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f"
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
.LCPI0_13:
	.quad	0
	.quad	1
	.quad	2
	.quad	4
.LCPI0_14:
	.quad	0
	.quad	1
	.quad	5
	.zero	8
.LCPI0_15:
	.quad	0
	.quad	1
	.quad	2
	.quad	5
.LCPI0_16:
	.quad	0
	.quad	1
	.quad	2
	.quad	6
.LCPI0_17:
	.quad	2
	.quad	3
	.quad	7
	.zero	8
.LCPI0_19:
	.quad	0
	.quad	1
	.quad	12
	.zero	8
.LCPI0_20:
	.quad	0
	.quad	1
	.quad	2
	.quad	12
.LCPI0_22:
	.quad	0
	.quad	1
	.quad	13
	.zero	8
.LCPI0_23:
	.quad	0
	.quad	1
	.quad	2
	.quad	13
.LCPI0_25:
	.quad	0
	.quad	1
	.quad	14
	.zero	8
.LCPI0_26:
	.quad	0
	.quad	1
	.quad	2
	.quad	14
.LCPI0_28:
	.quad	0
	.quad	1
	.quad	15
	.zero	8
.LCPI0_29:
	.quad	0
	.quad	1
	.quad	2
	.quad	15
	.section	.rodata.cst16,"aM",@progbits,16
	.p2align	4, 0x0
.LCPI0_18:
	.quad	4
	.quad	12
.LCPI0_21:
	.quad	5
	.quad	13
.LCPI0_24:
	.quad	6
	.quad	14
.LCPI0_27:
	.quad	7
	.quad	15
.LCPI0_30:
	.long	0
	.long	4
	.long	8
	.long	12
	.text
	.globl	norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f
	.p2align	4
	.type	norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f,@function
norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$256, %rsp
	movq	%rdx, 32(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rdx
	movq	(%rax), %r10
	movq	8(%rax), %rcx
	movq	16(%rax), %rax
	movq	%rax, 24(%rsp)
	movq	16(%rdx), %r8
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm15
	vmovss	.LCPI0_2(%rip), %xmm16
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_5(%rip), %zmm22
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vpbroadcastd	.LCPI0_6(%rip), %zmm7
	vpbroadcastd	.LCPI0_7(%rip), %zmm8
	vmovaps	.LCPI0_8(%rip), %ymm9
	vmovaps	.LCPI0_9(%rip), %ymm10
	leaq	-1(%r8), %r11
	vmovdqa64	.LCPI0_25(%rip), %ymm27
	vmovdqa64	.LCPI0_26(%rip), %ymm28
	vmovdqa64	.LCPI0_27(%rip), %xmm29
	vmovdqa64	.LCPI0_28(%rip), %ymm30
	vmovdqa64	.LCPI0_29(%rip), %ymm31
	vmovdqa64	.LCPI0_30(%rip), %xmm26
	jmp	.LBB0_1
	.p2align	4
.LBB0_34:
	movq	40(%rsp), %rsi
	incq	%rsi
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm15
	vmovss	.LCPI0_2(%rip), %xmm16
.LBB0_1:
	cmpq	32(%rsp), %rsi
	jge	.LBB0_35
	leaq	(,%rsi,8), %rax
	movq	%rax, 56(%rsp)
	xorl	%eax, %eax
	.p2align	4
.LBB0_3:
	leaq	(,%rsi,8), %rdx
	addq	%rax, %rdx
	cmpq	%r11, %rdx
	cmovgeq	%r11, %rdx
	shlq	$12, %rdx
	addq	%r10, %rdx
	vxorps	%xmm1, %xmm1, %xmm1
	xorl	%edi, %edi
	vxorps	%xmm2, %xmm2, %xmm2
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm5, %xmm5, %xmm5
	.p2align	4
.LBB0_4:
	vmovups	(%rdx,%rdi), %zmm11
	vmovups	64(%rdx,%rdi), %zmm12
	vmovups	128(%rdx,%rdi), %zmm13
	vmovups	192(%rdx,%rdi), %zmm14
	vfmadd231ps	%zmm11, %zmm11, %zmm1
	vfmadd231ps	%zmm12, %zmm12, %zmm2
	vfmadd231ps	%zmm13, %zmm13, %zmm4
	vfmadd231ps	%zmm14, %zmm14, %zmm5
	addq	$256, %rdi
	cmpq	$4096, %rdi
	jl	.LBB0_4
	vaddps	%zmm2, %zmm1, %zmm1
	vaddps	%zmm5, %zmm4, %zmm2
	vaddps	%zmm2, %zmm1, %zmm1
	vextractf64x4	$1, %zmm1, %ymm2
	vaddps	%ymm2, %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vaddss	%xmm2, %xmm1, %xmm1
	vmulss	%xmm0, %xmm1, %xmm1
	vaddss	%xmm1, %xmm15, %xmm1
	vsqrtss	%xmm1, %xmm1, %xmm1
	vdivss	%xmm1, %xmm16, %xmm1
	vmovss	%xmm1, 64(%rsp,%rax,4)
	incq	%rax
	cmpq	$8, %rax
	jl	.LBB0_3
	movq	%rsi, 40(%rsp)
	leaq	(%rsi,%rsi,8), %rax
	shlq	$11, %rax
	addq	24(%rsp), %rax
	movq	%rax, 48(%rsp)
	xorl	%ebx, %ebx
	jmp	.LBB0_7
	.p2align	4
.LBB0_33:
	addq	$4, %rbx
	cmpq	$8, %rbx
	movq	%rsi, %r10
	leaq	-1(%r8), %r11
	jge	.LBB0_34
.LBB0_7:
	movq	56(%rsp), %rax
	leaq	(%rax,%rbx), %r14
	cmpq	%r11, %r14
	movq	%r11, %r15
	cmovlq	%r14, %r15
	shlq	$12, %r15
	addq	%r10, %r15
	vbroadcastss	64(%rsp,%rbx,4), %zmm1
	leaq	(%rax,%rbx), %r12
	incq	%r12
	cmpq	%r11, %r12
	movq	%r11, %r13
	cmovlq	%r12, %r13
	shlq	$12, %r13
	addq	%r10, %r13
	vbroadcastss	68(%rsp,%rbx,4), %zmm2
	leaq	(%rax,%rbx), %rdi
	addq	$2, %rdi
	cmpq	%r11, %rdi
	movq	%r11, %r9
	cmovlq	%rdi, %r9
	shlq	$12, %r9
	addq	%r10, %r9
	vbroadcastss	72(%rsp,%rbx,4), %zmm4
	leaq	(%rax,%rbx), %rdx
	addq	$3, %rdx
	cmpq	%r11, %rdx
	cmovlq	%rdx, %r11
	shlq	$12, %r11
	movq	%r10, %rsi
	addq	%r10, %r11
	vbroadcastss	76(%rsp,%rbx,4), %zmm11
	xorl	%r10d, %r10d
	movq	48(%rsp), %rax
	jmp	.LBB0_8
	.p2align	4
.LBB0_31:
	vxorps	%xmm15, %xmm15, %xmm15
.LBB0_32:
	vandps	%zmm3, %zmm21, %zmm5
	vandps	%zmm3, %zmm20, %zmm12
	vpcmpgtd	%zmm5, %zmm12, %k1
	vandps	%zmm3, %zmm20, %zmm5 {%k1}
	vandps	%zmm3, %zmm19, %zmm12
	vandps	%zmm3, %zmm17, %zmm23
	vpcmpgtd	%zmm12, %zmm23, %k1
	vandps	%zmm3, %zmm17, %zmm12 {%k1}
	vandps	%zmm3, %zmm18, %zmm23
	vandps	%zmm3, %zmm16, %zmm24
	vpcmpgtd	%zmm23, %zmm24, %k1
	vandps	%zmm3, %zmm15, %zmm24
	vandps	%zmm3, %zmm14, %zmm25
	vpcmpgtd	%zmm24, %zmm25, %k2
	vshuff64x2	$238, %zmm12, %zmm5, %zmm25
	vinsertf64x4	$1, %ymm12, %zmm5, %zmm5
	vandps	%zmm3, %zmm16, %zmm23 {%k1}
	vandps	%zmm3, %zmm14, %zmm24 {%k2}
	vpcmpgtd	%zmm25, %zmm5, %k1
	vmovaps	%zmm5, %zmm25 {%k1}
	vshuff64x2	$238, %zmm24, %zmm23, %zmm5
	vinsertf64x4	$1, %ymm24, %zmm23, %zmm12
	vpcmpgtd	%zmm5, %zmm12, %k1
	vmovaps	%zmm12, %zmm5 {%k1}
	vshuff64x2	$221, %zmm5, %zmm25, %zmm12
	vshuff64x2	$136, %zmm5, %zmm25, %zmm23
	vpcmpgtd	%zmm12, %zmm23, %k1
	vshuff32x4	$136, %zmm5, %zmm25, %zmm12 {%k1}
	vshufpd	$85, %zmm12, %zmm12, %zmm5
	vpcmpgtd	%zmm5, %zmm12, %k1
	vmovaps	%zmm12, %zmm5 {%k1}
	vshufps	$177, %zmm5, %zmm5, %zmm12
	vpcmpgtd	%zmm12, %zmm5, %k1
	vmovaps	%zmm5, %zmm12 {%k1}
	vcmpltps	.LCPI0_4(%rip){1to16}, %zmm12, %k1
	vdivps	%zmm12, %zmm22, %zmm23
	vdivps	%zmm22, %zmm12, %zmm12
	vmovaps	%zmm13, %zmm12 {%k1}
	vmovaps	%zmm13, %zmm23 {%k1}
	vbroadcastss	%xmm23, %zmm5
	vmulps	%zmm5, %zmm20, %zmm13
	vaddps	%zmm6, %zmm13, %zmm13
	vpsubd	%zmm7, %zmm13, %zmm20
	vmulps	%zmm5, %zmm21, %zmm5
	vaddps	%zmm6, %zmm5, %zmm5
	vpsubd	%zmm7, %zmm5, %zmm21
	vpaddd	%zmm8, %zmm13, %zmm13
	vpsrld	$8, %zmm13, %zmm13
	vpaddd	%zmm8, %zmm5, %zmm5
	vpsrld	$8, %zmm5, %zmm5
	vpmovdb	%zmm21, %xmm24
	vinsertf32x4	$1, %xmm24, %ymm0, %ymm24
	vpmovdb	%zmm5, %xmm5
	vpermt2ps	%ymm24, %ymm9, %ymm5
	vpmovdb	%zmm20, %xmm24
	vpmovdb	%zmm13, %xmm13
	vpermt2ps	%ymm24, %ymm10, %ymm13
	vinsertf64x4	$1, %ymm5, %zmm13, %zmm13
	vpaddd	%zmm21, %zmm20, %zmm20
	vbroadcastss	.LCPI0_10(%rip), %zmm0
	vpermps	%zmm23, %zmm0, %zmm5
	vmulps	%zmm5, %zmm17, %zmm17
	vaddps	%zmm6, %zmm17, %zmm17
	vpsubd	%zmm7, %zmm17, %zmm21
	vmulps	%zmm5, %zmm19, %zmm5
	vaddps	%zmm6, %zmm5, %zmm5
	vpsubd	%zmm7, %zmm5, %zmm19
	vpaddd	%zmm8, %zmm17, %zmm17
	vpsrld	$8, %zmm17, %zmm17
	vpaddd	%zmm8, %zmm5, %zmm5
	vpsrld	$8, %zmm5, %zmm5
	vpmovdb	%zmm19, %xmm24
	vinsertf32x4	$1, %xmm24, %ymm0, %ymm24
	vpmovdb	%zmm5, %xmm5
	vpermt2ps	%ymm24, %ymm9, %ymm5
	vpmovdb	%zmm21, %xmm24
	vpmovdb	%zmm17, %xmm17
	vpermt2ps	%ymm24, %ymm10, %ymm17
	vinsertf64x4	$1, %ymm5, %zmm17, %zmm17
	vpaddd	%zmm19, %zmm21, %zmm19
	vbroadcastss	.LCPI0_11(%rip), %zmm0
	vpermps	%zmm23, %zmm0, %zmm5
	vmulps	%zmm5, %zmm16, %zmm16
	vaddps	%zmm6, %zmm16, %zmm16
	vpsubd	%zmm7, %zmm16, %zmm21
	vmulps	%zmm5, %zmm18, %zmm5
	vaddps	%zmm6, %zmm5, %zmm5
	vpsubd	%zmm7, %zmm5, %zmm18
	vpaddd	%zmm8, %zmm16, %zmm16
	vpsrld	$8, %zmm16, %zmm16
	vpaddd	%zmm8, %zmm5, %zmm5
	vpsrld	$8, %zmm5, %zmm5
	vpmovdb	%zmm18, %xmm24
	vinsertf32x4	$1, %xmm24, %ymm0, %ymm24
	vpmovdb	%zmm5, %xmm5
	vpermt2ps	%ymm24, %ymm9, %ymm5
	vpmovdb	%zmm21, %xmm24
	vpmovdb	%zmm16, %xmm16
	vpermt2ps	%ymm24, %ymm10, %ymm16
	vinsertf64x4	$1, %ymm5, %zmm16, %zmm5
	vpaddd	%zmm18, %zmm21, %zmm16
	vbroadcastss	.LCPI0_12(%rip), %zmm0
	vpermps	%zmm23, %zmm0, %zmm18
	vmulps	%zmm18, %zmm14, %zmm14
	vaddps	%zmm6, %zmm14, %zmm14
	vpsubd	%zmm7, %zmm14, %zmm21
	vmulps	%zmm18, %zmm15, %zmm15
	vaddps	%zmm6, %zmm15, %zmm15
	vpsubd	%zmm7, %zmm15, %zmm18
	vpaddd	%zmm8, %zmm14, %zmm14
	vpsrld	$8, %zmm14, %zmm14
	vpaddd	%zmm8, %zmm15, %zmm15
	vpsrld	$8, %zmm15, %zmm15
	vpmovdb	%zmm18, %xmm23
	vinsertf32x4	$1, %xmm23, %ymm0, %ymm23
	vpmovdb	%zmm15, %xmm15
	vpermt2ps	%ymm23, %ymm9, %ymm15
	vpmovdb	%zmm21, %xmm23
	vpmovdb	%zmm14, %xmm14
	vpermt2ps	%ymm23, %ymm10, %ymm14
	vinsertf64x4	$1, %ymm15, %zmm14, %zmm14
	vpaddd	%zmm18, %zmm21, %zmm15
	vshufi64x2	$238, %zmm19, %zmm20, %zmm18
	vinserti64x4	$1, %ymm19, %zmm20, %zmm19
	vpaddd	%zmm18, %zmm19, %zmm18
	vshufi64x2	$238, %zmm15, %zmm16, %zmm19
	vinserti64x4	$1, %ymm15, %zmm16, %zmm15
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	#APP
	#NO_APP
	vpaddd	%zmm19, %zmm15, %zmm15
	vunpcklpd	%xmm17, %xmm13, %xmm16
	vinsertf32x4	$1, %xmm5, %ymm16, %ymm16
	vmovapd	.LCPI0_13(%rip), %ymm0
	vpermt2pd	%ymm14, %ymm0, %ymm16
	vmovupd	%ymm16, (%rax,%rbx,8)
	vshufi64x2	$221, %zmm15, %zmm18, %zmm16
	vshufi64x2	$136, %zmm15, %zmm18, %zmm15
	vunpckhpd	%xmm17, %xmm13, %xmm18
	vmovapd	.LCPI0_14(%rip), %ymm0
	vpermt2pd	%ymm5, %ymm0, %ymm18
	vmovapd	.LCPI0_15(%rip), %ymm0
	vpermt2pd	%ymm14, %ymm0, %ymm18
	vmovupd	%ymm18, 64(%rax,%rbx,8)
	vpaddd	%zmm16, %zmm15, %zmm15
	vunpcklpd	%ymm17, %ymm13, %ymm0
	vperm2f128	$49, %ymm5, %ymm0, %ymm0
	vmovapd	.LCPI0_16(%rip), %ymm16
	vpermt2pd	%ymm14, %ymm16, %ymm0
	vmovupd	%ymm0, 128(%rax,%rbx,8)
	vunpckhpd	%ymm17, %ymm13, %ymm0
	vmovapd	.LCPI0_17(%rip), %ymm16
	vpermt2pd	%ymm5, %ymm16, %ymm0
	vblendpd	$8, %ymm14, %ymm0, %ymm0
	vmovupd	%ymm0, 192(%rax,%rbx,8)
	vpshufd	$78, %zmm15, %zmm0
	vpaddd	%zmm0, %zmm15, %zmm0
	vmovapd	%zmm13, %zmm15
	vmovdqa64	.LCPI0_18(%rip), %xmm16
	vpermt2q	%zmm17, %zmm16, %zmm15
	vmovdqa64	.LCPI0_19(%rip), %ymm16
	vpermt2q	%zmm5, %zmm16, %zmm15
	vmovdqa64	.LCPI0_20(%rip), %ymm16
	vpermt2q	%zmm14, %zmm16, %zmm15
	vmovdqu	%ymm15, 256(%rax,%rbx,8)
	vmovapd	%zmm13, %zmm15
	vmovdqa64	.LCPI0_21(%rip), %xmm16
	vpermt2q	%zmm17, %zmm16, %zmm15
	vmovdqa64	.LCPI0_22(%rip), %ymm16
	vpermt2q	%zmm5, %zmm16, %zmm15
	vmovdqa64	.LCPI0_23(%rip), %ymm16
	vpermt2q	%zmm14, %zmm16, %zmm15
	vmovdqu	%ymm15, 320(%rax,%rbx,8)
	vpshufd	$177, %zmm0, %zmm15
	vpaddd	%zmm15, %zmm0, %zmm0
	vmovapd	%zmm13, %zmm15
	vmovdqa64	.LCPI0_24(%rip), %xmm16
	vpermt2q	%zmm17, %zmm16, %zmm15
	vpermt2q	%zmm5, %zmm27, %zmm15
	vpermt2q	%zmm14, %zmm28, %zmm15
	vmovdqu	%ymm15, 384(%rax,%rbx,8)
	vpermt2q	%zmm17, %zmm29, %zmm13
	vpermt2q	%zmm5, %zmm30, %zmm13
	vpermt2q	%zmm14, %zmm31, %zmm13
	vmovdqu	%ymm13, 448(%rax,%rbx,8)
	#APP
	#NO_APP
	vpermd	%zmm12, %zmm26, %zmm5
	vmovdqu	%xmm5, 512(%rax,%rbx,4)
	vpslld	$7, %zmm0, %zmm0
	vpxor	%xmm5, %xmm5, %xmm5
	vpsubd	%zmm0, %zmm5, %zmm0
	#APP
	#NO_APP
	vpermd	%zmm0, %zmm26, %zmm0
	vmovdqu	%xmm0, 544(%rax,%rbx,4)
	addq	$576, %rax
	subq	$-128, %r10
	cmpq	$4096, %r10
	jge	.LBB0_33
.LBB0_8:
	vmovups	(%rcx,%r10), %zmm5
	vxorps	%xmm13, %xmm13, %xmm13
	cmpq	%r8, %r14
	jl	.LBB0_9
	vxorps	%xmm20, %xmm20, %xmm20
	vmovups	64(%rcx,%r10), %zmm12
	jge	.LBB0_13
.LBB0_12:
	vmulps	64(%r15,%r10), %zmm1, %zmm14
	vmulps	%zmm12, %zmm14, %zmm21
	cmpq	%r8, %r12
	jge	.LBB0_16
.LBB0_15:
	vmulps	(%r13,%r10), %zmm2, %zmm14
	vmulps	%zmm5, %zmm14, %zmm17
	jge	.LBB0_19
.LBB0_18:
	vmulps	64(%r13,%r10), %zmm2, %zmm14
	vmulps	%zmm12, %zmm14, %zmm19
	cmpq	%r8, %rdi
	jge	.LBB0_22
.LBB0_21:
	vmulps	(%r9,%r10), %zmm4, %zmm14
	vmulps	%zmm5, %zmm14, %zmm16
	jge	.LBB0_25
.LBB0_24:
	vmulps	64(%r9,%r10), %zmm4, %zmm14
	vmulps	%zmm12, %zmm14, %zmm18
	cmpq	%r8, %rdx
	jge	.LBB0_28
.LBB0_27:
	vmulps	(%r11,%r10), %zmm11, %zmm14
	vmulps	%zmm5, %zmm14, %zmm14
	jge	.LBB0_31
	jmp	.LBB0_30
	.p2align	4
.LBB0_9:
	vmulps	(%r15,%r10), %zmm1, %zmm12
	vmulps	%zmm5, %zmm12, %zmm20
	vmovups	64(%rcx,%r10), %zmm12
	jl	.LBB0_12
.LBB0_13:
	vxorps	%xmm21, %xmm21, %xmm21
	cmpq	%r8, %r12
	jl	.LBB0_15
.LBB0_16:
	vxorps	%xmm17, %xmm17, %xmm17
	jl	.LBB0_18
.LBB0_19:
	vxorps	%xmm19, %xmm19, %xmm19
	cmpq	%r8, %rdi
	jl	.LBB0_21
.LBB0_22:
	vxorps	%xmm16, %xmm16, %xmm16
	jl	.LBB0_24
.LBB0_25:
	vxorps	%xmm18, %xmm18, %xmm18
	cmpq	%r8, %rdx
	jl	.LBB0_27
.LBB0_28:
	vxorps	%xmm14, %xmm14, %xmm14
	jge	.LBB0_31
.LBB0_30:
	vmulps	64(%r11,%r10), %zmm11, %zmm5
	vmulps	%zmm12, %zmm5, %zmm15
	jmp	.LBB0_32
.LBB0_35:
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
	.size	norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f, .Lfunc_end0-norm_quant_i16_1024_t8_rows_fc3bd6aca226a41f

	.section	".note.GNU-stack","",@progbits
