	.file	"attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0xff800000
.LCPI0_1:
	.long	0x4b400000
.LCPI0_2:
	.long	0x3fb8aa3b
.LCPI0_3:
	.long	0xbf318000
.LCPI0_4:
	.long	0x395e8083
.LCPI0_5:
	.long	0x3ab5112a
.LCPI0_6:
	.long	0x3c091d81
.LCPI0_7:
	.long	0x3d2aac7c
.LCPI0_8:
	.long	0x3e2aaa48
.LCPI0_9:
	.long	0x3efffffe
.LCPI0_10:
	.long	0x3f800000
.LCPI0_11:
	.long	0xc2ae999a
.LCPI0_12:
	.long	0x42b17217
.LCPI0_13:
	.long	0x7f800000
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_14:
	.long	0
	.long	1
	.long	2
	.long	3
	.long	4
	.long	5
	.long	6
	.long	7
	.long	8
	.long	9
	.long	10
	.long	11
	.long	12
	.long	13
	.long	14
	.long	15
	.text
	.globl	attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9
	.p2align	4
	.type	attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9,@function
attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$3200, %rsp
	movq	%rdx, %r9
	movq	%rsi, %r10
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 360(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, 296(%rsp)
	movq	16(%rax), %rdx
	movq	%rdx, 288(%rsp)
	movq	24(%rax), %r11
	movq	32(%rax), %rbx
	movq	40(%rax), %r14
	movq	48(%rax), %rdx
	movq	%rdx, 248(%rsp)
	movq	56(%rax), %rax
	movq	%rax, 256(%rsp)
	movl	$639, %edx
	addq	40(%rcx), %rdx
	movq	16(%rcx), %rax
	movq	%rax, 232(%rsp)
	movabsq	$-3689348814741910323, %rax
	mulxq	%rax, %rax, %rax
	vbroadcastss	20(%rdi), %zmm0
	shrq	$9, %rax
	movq	%rax, 320(%rsp)
	vbroadcastss	.LCPI0_0(%rip), %zmm3
	vbroadcastss	.LCPI0_1(%rip), %zmm5
	vbroadcastss	.LCPI0_2(%rip), %zmm6
	vbroadcastss	.LCPI0_3(%rip), %zmm7
	vbroadcastss	.LCPI0_5(%rip), %zmm10
	vbroadcastss	.LCPI0_12(%rip), %zmm16
	movq	%r9, 304(%rsp)
	movq	%r11, 280(%rsp)
	movq	%rbx, 272(%rsp)
	movq	%r14, 264(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%r10
.LBB0_1:
	cmpq	%r9, %r10
	jge	.LBB0_44
	movq	%r10, %rax
	shrq	%rax
	xorl	%edx, %edx
	divl	320(%rsp)
	movq	%rax, 56(%rsp)
	movl	%r10d, %r15d
	andl	$1, %r15d
	cmpq	232(%rsp), %r15
	jge	.LBB0_4
	leaq	1(%r15), %rcx
	movq	232(%rsp), %rax
	cmpq	%rax, %rcx
	cmovgeq	%rax, %rcx
	movl	(%rbx,%r15,4), %eax
	shlq	$6, %rax
	movl	32(%r11,%rax), %esi
	movq	%rdx, 240(%rsp)
	movl	24(%r11,%rax), %edx
	movl	28(%r11,%rax), %edi
	addq	%rdx, %rdi
	cmpq	%rcx, %rdi
	cmovgeq	%rcx, %rdi
	subq	%rdx, %rsi
	movq	%rdi, 112(%rsp)
	decq	%rdi
	cmpq	%rdi, %r15
	movq	%rdi, %r8
	cmovlq	%r15, %r8
	leaq	640(%rsi,%r8), %rdx
	movabsq	$-3689348814741910323, %rcx
	mulxq	%rcx, %rcx, %rcx
	movq	240(%rsp), %rdx
	shrq	$9, %rcx
	cmpq	%rcx, %rdx
	jge	.LBB0_4
	movq	%r10, 312(%rsp)
	movq	(%r11,%rax), %r9
	movq	296(%rsp), %rax
	addq	%r9, %rax
	movq	%rax, 336(%rsp)
	addq	288(%rsp), %r9
	movq	%r9, 344(%rsp)
	leaq	(%rsi,%r8), %rax
	incq	%rax
	shlq	$7, %rdx
	leaq	(%rdx,%rdx,4), %r13
	leaq	(%rdx,%rdx,4), %rdx
	addq	$640, %rdx
	cmpq	%rdx, %rax
	cmovlq	%rax, %rdx
	movq	%rdx, 120(%rsp)
	movq	56(%rsp), %rax
	leaq	(%rax,%rax), %r12
	xorl	%eax, %eax
	.p2align	4
.LBB0_6:
	movq	%rax, %r11
	shrq	%r11
	leaq	(%r15,%r11), %rdx
	cmpq	%rdi, %rdx
	cmovgeq	%rdi, %rdx
	movq	%rdx, %rbx
	shlq	$13, %rbx
	addq	360(%rsp), %rbx
	movq	%rax, %r9
	shlq	$9, %r9
	movl	%eax, %r14d
	andl	$1, %r14d
	leaq	(%r14,%r12), %r10
	shlq	$9, %r10
	addq	%rbx, %r10
	shlq	$10, %r11
	movl	%r14d, %ebx
	leaq	(%r11,%rbx,4), %r11
	addq	%rsp, %r11
	addq	$2112, %r11
	xorl	%ebx, %ebx
	.p2align	4
.LBB0_7:
	movl	(%r10,%rbx), %r14d
	movl	%r14d, (%r11,%rbx,2)
	addq	$4, %rbx
	cmpq	$512, %rbx
	jl	.LBB0_7
	vxorps	%xmm1, %xmm1, %xmm1
	vmovaps	%zmm1, 576(%rsp,%r9)
	vmovaps	%zmm1, 640(%rsp,%r9)
	vmovaps	%zmm1, 704(%rsp,%r9)
	vmovaps	%zmm1, 768(%rsp,%r9)
	vmovaps	%zmm1, 832(%rsp,%r9)
	vmovaps	%zmm1, 896(%rsp,%r9)
	vmovaps	%zmm1, 960(%rsp,%r9)
	vmovaps	%zmm1, 1024(%rsp,%r9)
	movq	%rax, %r9
	shlq	$6, %r9
	vmovaps	%zmm1, 448(%rsp,%r9)
	movl	$-8388608, 64(%rsp,%rax,4)
	movl	$0, 384(%rsp,%rax,4)
	addl	%esi, %edx
	movl	%edx, 192(%rsp,%rax,4)
	incq	%rax
	cmpq	$2, %rax
	jl	.LBB0_6
	movq	120(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 368(%rsp)
	shrq	$6, %r13
	movq	56(%rsp), %rax
	shlq	$13, %rax
	leaq	(%rax,%rax,4), %rax
	movq	%rax, 328(%rsp)
	movq	%r15, 352(%rsp)
	jmp	.LBB0_10
	.p2align	4
.LBB0_36:
	incq	%r13
	movq	56(%rsp), %rax
	leaq	(%rax,%rax), %r12
.LBB0_10:
	cmpq	368(%rsp), %r13
	jge	.LBB0_11
	movq	%r13, 376(%rsp)
	shlq	$6, %r13
	movq	328(%rsp), %rax
	addq	%r13, %rax
	shlq	$8, %rax
	movq	336(%rsp), %rsi
	leaq	(%rsi,%rax), %rbx
	movq	344(%rsp), %rdx
	leaq	(%rdx,%rax), %rdi
	movq	120(%rsp), %r14
	subq	%r13, %r14
	cmpq	$64, %r14
	movl	$64, %edx
	cmovgeq	%rdx, %r14
	movq	%r14, %r9
	shlq	$8, %r9
	cmpq	$17, %r14
	leaq	4096(%rsi,%rax), %r10
	cmovlq	%rbx, %r10
	cmpq	$33, %r14
	leaq	8192(%rsi,%rax), %r12
	cmovlq	%rbx, %r12
	cmpq	$49, %r14
	leaq	12288(%rsi,%rax), %rdx
	cmovlq	%rbx, %rdx
	addq	$-128, %r9
	vpbroadcastd	%r13d, %zmm1
	vmovdqa64	.LCPI0_14(%rip), %zmm4
	vpord	%zmm4, %zmm1, %zmm19
	leal	16(%r13), %eax
	vpbroadcastd	%eax, %zmm1
	vpord	%zmm4, %zmm1, %zmm20
	leal	32(%r13), %eax
	vpbroadcastd	%eax, %zmm1
	vpord	%zmm4, %zmm1, %zmm1
	leal	48(%r13), %eax
	vpbroadcastd	%eax, %zmm2
	vpord	%zmm4, %zmm2, %zmm2
	xorl	%r15d, %r15d
	.p2align	4
.LBB0_27:
	movq	%r15, %rax
	shlq	$10, %rax
	addq	%rsp, %rax
	addq	$2112, %rax
	movq	%r15, %rsi
	shlq	$7, %rsi
	vxorps	%xmm26, %xmm26, %xmm26
	xorl	%r11d, %r11d
	vxorps	%xmm27, %xmm27, %xmm27
	vxorps	%xmm25, %xmm25, %xmm25
	vxorps	%xmm24, %xmm24, %xmm24
	vxorps	%xmm23, %xmm23, %xmm23
	vxorps	%xmm22, %xmm22, %xmm22
	vxorps	%xmm21, %xmm21, %xmm21
	vxorps	%xmm17, %xmm17, %xmm17
	.p2align	4
.LBB0_28:
	leaq	(%rsi,%r11), %r8
	shlq	$7, %r8
	cmpq	%r9, %r8
	cmovgeq	%r9, %r8
	prefetcht0	(%rdi,%r8)
	prefetcht0	64(%rdi,%r8)
	movq	%r11, %r8
	shlq	$5, %r8
	vcvtph2ps	(%rbx,%r8), %zmm28
	vcvtph2ps	(%r10,%r8), %zmm29
	vcvtph2ps	(%r12,%r8), %zmm30
	vcvtph2ps	(%rdx,%r8), %zmm31
	vbroadcastss	(%rax,%r11,8), %zmm4
	vfmadd231ps	%zmm4, %zmm28, %zmm26
	vfmadd231ps	%zmm4, %zmm29, %zmm27
	vfmadd231ps	%zmm4, %zmm30, %zmm25
	vfmadd231ps	%zmm4, %zmm31, %zmm24
	vbroadcastss	4(%rax,%r11,8), %zmm4
	vfmadd231ps	%zmm28, %zmm4, %zmm23
	vfmadd231ps	%zmm29, %zmm4, %zmm22
	vfmadd231ps	%zmm30, %zmm4, %zmm21
	vfmadd231ps	%zmm4, %zmm31, %zmm17
	incq	%r11
	cmpq	$128, %r11
	jl	.LBB0_28
	leaq	(%r15,%r15), %rax
	movq	%r15, %rsi
	shlq	$9, %rsi
	vpbroadcastd	192(%rsp,%r15,8), %zmm4
	vpcmpled	%zmm4, %zmm19, %k1
	vmovaps	%zmm3, %zmm28
	vmulps	%zmm0, %zmm26, %zmm28 {%k1}
	vmovaps	%zmm28, 1600(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm20, %k1
	vmovaps	%zmm3, %zmm26
	vmulps	%zmm0, %zmm27, %zmm26 {%k1}
	vmovaps	%zmm26, 1664(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm1, %k1
	vmovaps	%zmm3, %zmm26
	vmulps	%zmm0, %zmm25, %zmm26 {%k1}
	vmovaps	%zmm26, 1728(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm2, %k1
	vmovaps	%zmm3, %zmm4
	vmulps	%zmm0, %zmm24, %zmm4 {%k1}
	vmovaps	%zmm4, 1792(%rsp,%rsi)
	leaq	1(,%r15,2), %rsi
	shlq	$8, %rsi
	vpbroadcastd	196(%rsp,%rax,4), %zmm4
	vpcmpled	%zmm4, %zmm19, %k1
	vmovaps	%zmm3, %zmm24
	vmulps	%zmm0, %zmm23, %zmm24 {%k1}
	vmovaps	%zmm24, 1600(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm20, %k1
	vmovaps	%zmm3, %zmm23
	vmulps	%zmm0, %zmm22, %zmm23 {%k1}
	vmovaps	%zmm23, 1664(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm1, %k1
	vmovaps	%zmm3, %zmm22
	vmulps	%zmm0, %zmm21, %zmm22 {%k1}
	vmovaps	%zmm22, 1728(%rsp,%rsi)
	vpcmpled	%zmm4, %zmm2, %k1
	vmovaps	%zmm3, %zmm4
	vmulps	%zmm0, %zmm17, %zmm4 {%k1}
	vmovaps	%zmm4, 1792(%rsp,%rsi)
	incq	%r15
	testq	%r15, %r15
	jle	.LBB0_27
	xorl	%r9d, %r9d
	vmovss	.LCPI0_0(%rip), %xmm8
	vbroadcastss	.LCPI0_4(%rip), %zmm9
	vbroadcastss	.LCPI0_6(%rip), %zmm11
	vbroadcastss	.LCPI0_7(%rip), %zmm12
	vbroadcastss	.LCPI0_8(%rip), %zmm13
	vbroadcastss	.LCPI0_9(%rip), %zmm14
	vbroadcastss	.LCPI0_10(%rip), %zmm15
	vbroadcastss	.LCPI0_11(%rip), %zmm18
	vxorps	%xmm25, %xmm25, %xmm25
	vbroadcastss	.LCPI0_13(%rip), %zmm26
	.p2align	4
.LBB0_31:
	movq	%r9, %r10
	shlq	$8, %r10
	movq	%r9, %r12
	vmovss	64(%rsp,%r9,4), %xmm1
	vmovaps	1600(%rsp,%r10), %zmm4
	vmovaps	1664(%rsp,%r10), %zmm21
	vmovaps	1728(%rsp,%r10), %zmm17
	vmovaps	1792(%rsp,%r10), %zmm19
	vmaxps	%zmm21, %zmm4, %zmm2
	vmaxps	%zmm17, %zmm2, %zmm2
	vmaxps	%zmm19, %zmm2, %zmm2
	vextractf64x4	$1, %zmm2, %ymm20
	vmaxps	%ymm20, %ymm2, %ymm2
	vextractf32x4	$1, %ymm2, %xmm20
	vmaxps	%xmm20, %xmm2, %xmm2
	vshufpd	$1, %xmm2, %xmm2, %xmm20
	vmaxps	%xmm20, %xmm2, %xmm2
	vmovshdup	%xmm2, %xmm20
	vmaxss	%xmm20, %xmm2, %xmm2
	vmaxss	%xmm2, %xmm1, %xmm20
	vmovss	%xmm20, 64(%rsp,%r9,4)
	vcmpless	%xmm8, %xmm20, %k1
	vmovss	%xmm25, %xmm20, %xmm20 {%k1}
	vbroadcastss	%xmm20, %zmm2
	vsubss	%xmm20, %xmm1, %xmm1
	vbroadcastss	%xmm1, %zmm1
	vmovaps	%zmm6, %zmm20
	vfmadd213ps	%zmm5, %zmm1, %zmm20
	vsubps	%zmm5, %zmm20, %zmm22
	vmovaps	%zmm7, %zmm23
	vfmadd213ps	%zmm1, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm9, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm10, %zmm24
	vfmadd213ps	%zmm11, %zmm23, %zmm24
	vfmadd213ps	%zmm12, %zmm23, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm15, %zmm24, %zmm22
	vpslld	$23, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm22, %zmm20
	vcmpnltps	%zmm18, %zmm1, %k1
	vcmpltps	%zmm1, %zmm16, %k2
	vmovaps	%zmm20, %zmm1 {%k1} {z}
	vmovaps	%zmm26, %zmm1 {%k2}
	vmovss	%xmm1, 128(%rsp,%r9,4)
	vsubps	%zmm2, %zmm4, %zmm4
	vmovaps	%zmm6, %zmm20
	vfmadd213ps	%zmm5, %zmm4, %zmm20
	vsubps	%zmm5, %zmm20, %zmm22
	vmovaps	%zmm7, %zmm23
	vfmadd213ps	%zmm4, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm9, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm10, %zmm24
	vfmadd213ps	%zmm11, %zmm23, %zmm24
	vfmadd213ps	%zmm12, %zmm23, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm15, %zmm24, %zmm22
	vpslld	$23, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm22, %zmm20
	vcmpnltps	%zmm18, %zmm4, %k1
	vcmpltps	%zmm4, %zmm16, %k2
	vmovaps	%zmm20, %zmm20 {%k1} {z}
	vmovaps	%zmm26, %zmm20 {%k2}
	vmovaps	%zmm20, 1600(%rsp,%r10)
	vsubps	%zmm2, %zmm21, %zmm4
	vmovaps	%zmm6, %zmm21
	vfmadd213ps	%zmm5, %zmm4, %zmm21
	vsubps	%zmm5, %zmm21, %zmm22
	vmovaps	%zmm7, %zmm23
	vfmadd213ps	%zmm4, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm9, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm10, %zmm24
	vfmadd213ps	%zmm11, %zmm23, %zmm24
	vfmadd213ps	%zmm12, %zmm23, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm15, %zmm24, %zmm22
	vpslld	$23, %zmm21, %zmm21
	vpaddd	%zmm21, %zmm22, %zmm21
	vcmpnltps	%zmm18, %zmm4, %k1
	vcmpltps	%zmm4, %zmm16, %k2
	vmovaps	%zmm21, %zmm4 {%k1} {z}
	vmovaps	%zmm26, %zmm4 {%k2}
	vmovaps	%zmm4, 1664(%rsp,%r10)
	vsubps	%zmm2, %zmm17, %zmm17
	vmovaps	%zmm6, %zmm21
	vfmadd213ps	%zmm5, %zmm17, %zmm21
	vsubps	%zmm5, %zmm21, %zmm22
	vmovaps	%zmm7, %zmm23
	vfmadd213ps	%zmm17, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm9, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm10, %zmm24
	vfmadd213ps	%zmm11, %zmm23, %zmm24
	vfmadd213ps	%zmm12, %zmm23, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm15, %zmm24, %zmm22
	vpslld	$23, %zmm21, %zmm21
	vpaddd	%zmm21, %zmm22, %zmm21
	vcmpnltps	%zmm18, %zmm17, %k1
	vcmpltps	%zmm17, %zmm16, %k2
	vmovaps	%zmm21, %zmm17 {%k1} {z}
	vmovaps	%zmm26, %zmm17 {%k2}
	vmovaps	%zmm17, 1728(%rsp,%r10)
	shlq	$6, %r12
	vsubps	%zmm2, %zmm19, %zmm2
	vmovaps	%zmm6, %zmm19
	vfmadd213ps	%zmm5, %zmm2, %zmm19
	vsubps	%zmm5, %zmm19, %zmm21
	vmovaps	%zmm7, %zmm22
	vfmadd213ps	%zmm2, %zmm21, %zmm22
	vfmadd231ps	%zmm21, %zmm9, %zmm22
	vmulps	%zmm22, %zmm22, %zmm21
	vmovaps	%zmm10, %zmm23
	vfmadd213ps	%zmm11, %zmm22, %zmm23
	vfmadd213ps	%zmm12, %zmm22, %zmm23
	vfmadd213ps	%zmm13, %zmm22, %zmm23
	vfmadd213ps	%zmm14, %zmm22, %zmm23
	vfmadd213ps	%zmm22, %zmm21, %zmm23
	vaddps	%zmm15, %zmm23, %zmm21
	vpslld	$23, %zmm19, %zmm19
	vpaddd	%zmm19, %zmm21, %zmm19
	vcmpnltps	%zmm18, %zmm2, %k1
	vcmpltps	%zmm2, %zmm16, %k2
	vmovaps	%zmm19, %zmm2 {%k1} {z}
	vmovaps	%zmm26, %zmm2 {%k2}
	vmovaps	%zmm2, 1792(%rsp,%r10)
	vaddps	%zmm4, %zmm20, %zmm4
	vaddps	%zmm2, %zmm17, %zmm2
	vaddps	%zmm2, %zmm4, %zmm2
	vfmadd231ps	448(%rsp,%r12), %zmm1, %zmm2
	vmovaps	%zmm2, 448(%rsp,%r12)
	incq	%r9
	cmpq	$2, %r9
	jl	.LBB0_31
	addq	$64, %r13
	leaq	16384(%rbx), %r9
	cmpq	120(%rsp), %r13
	cmovgeq	%rbx, %r9
	xorl	%r10d, %r10d
	movq	352(%rsp), %r15
	movq	376(%rsp), %r13
	jmp	.LBB0_33
	.p2align	4
.LBB0_35:
	vmovaps	%zmm19, 576(%rsp,%rbx)
	vmovaps	%zmm20, 640(%rsp,%rbx)
	vmovaps	%zmm21, 704(%rsp,%rbx)
	vmovaps	%zmm22, 768(%rsp,%rbx)
	vmovaps	%zmm23, 832(%rsp,%rbx)
	vmovaps	%zmm24, 896(%rsp,%rbx)
	vmovaps	%zmm25, 960(%rsp,%rbx)
	vmovaps	%zmm26, 1024(%rsp,%rbx)
	vmovaps	%zmm27, 1088(%rsp,%rbx)
	vmovaps	%zmm28, 1152(%rsp,%rbx)
	vmovaps	%zmm29, 1216(%rsp,%rbx)
	vmovaps	%zmm30, 1280(%rsp,%rbx)
	vmovaps	%zmm31, 1344(%rsp,%rbx)
	vmovaps	%zmm2, 1408(%rsp,%rbx)
	vmovaps	%zmm1, 1472(%rsp,%rbx)
	vmovaps	%zmm17, 1536(%rsp,%rbx)
	incq	%r10
	testq	%r10, %r10
	jg	.LBB0_36
.LBB0_33:
	movq	%r10, %rbx
	shlq	$10, %rbx
	movq	%r10, %rax
	shlq	$9, %rax
	leaq	(%rsp,%rax), %rdx
	addq	$1600, %rdx
	vbroadcastss	128(%rsp,%r10,8), %zmm1
	vmulps	576(%rsp,%rbx), %zmm1, %zmm19
	vmulps	640(%rsp,%rbx), %zmm1, %zmm20
	vmulps	704(%rsp,%rbx), %zmm1, %zmm21
	vmulps	768(%rsp,%rbx), %zmm1, %zmm22
	vmulps	832(%rsp,%rbx), %zmm1, %zmm23
	vmulps	896(%rsp,%rbx), %zmm1, %zmm24
	vmulps	960(%rsp,%rbx), %zmm1, %zmm25
	vmulps	1024(%rsp,%rbx), %zmm1, %zmm26
	vbroadcastss	132(%rsp,%r10,8), %zmm4
	vmulps	1088(%rsp,%rbx), %zmm4, %zmm27
	vmulps	1152(%rsp,%rbx), %zmm4, %zmm28
	vmulps	1216(%rsp,%rbx), %zmm4, %zmm29
	vmulps	1280(%rsp,%rbx), %zmm4, %zmm30
	vmulps	1344(%rsp,%rbx), %zmm4, %zmm31
	vmulps	1408(%rsp,%rbx), %zmm4, %zmm2
	vmulps	1472(%rsp,%rbx), %zmm4, %zmm1
	vmulps	1536(%rsp,%rbx), %zmm4, %zmm17
	movq	%r10, %rsi
	shlq	$6, %rsi
	xorl	%r12d, %r12d
	cmpq	%r14, %r12
	jge	.LBB0_35
	.p2align	4
.LBB0_37:
	leaq	(%rsi,%r12), %rax
	shlq	$8, %rax
	prefetcht0	(%r9,%rax)
	prefetcht0	64(%r9,%rax)
	prefetcht0	128(%r9,%rax)
	movq	%r12, %r8
	shlq	$8, %r8
	vcvtph2ps	(%rdi,%r8), %zmm4
	vcvtph2ps	32(%rdi,%r8), %zmm18
	vcvtph2ps	64(%rdi,%r8), %zmm8
	vcvtph2ps	96(%rdi,%r8), %zmm9
	vcvtph2ps	128(%rdi,%r8), %zmm11
	vcvtph2ps	160(%rdi,%r8), %zmm12
	vcvtph2ps	192(%rdi,%r8), %zmm13
	prefetcht0	192(%r9,%rax)
	vcvtph2ps	224(%rdi,%r8), %zmm14
	vbroadcastss	(%rdx,%r12,4), %zmm15
	vfmadd231ps	%zmm15, %zmm4, %zmm19
	vfmadd231ps	%zmm15, %zmm18, %zmm20
	vfmadd231ps	%zmm15, %zmm8, %zmm21
	vfmadd231ps	%zmm15, %zmm9, %zmm22
	vfmadd231ps	%zmm15, %zmm11, %zmm23
	vfmadd231ps	%zmm15, %zmm12, %zmm24
	vfmadd231ps	%zmm15, %zmm13, %zmm25
	vfmadd231ps	%zmm15, %zmm14, %zmm26
	vbroadcastss	256(%rdx,%r12,4), %zmm15
	vfmadd231ps	%zmm4, %zmm15, %zmm27
	vfmadd231ps	%zmm18, %zmm15, %zmm28
	vfmadd231ps	%zmm8, %zmm15, %zmm29
	vfmadd231ps	%zmm9, %zmm15, %zmm30
	vfmadd231ps	%zmm11, %zmm15, %zmm31
	vfmadd231ps	%zmm12, %zmm15, %zmm2
	vfmadd231ps	%zmm13, %zmm15, %zmm1
	vfmadd231ps	%zmm15, %zmm14, %zmm17
	incq	%r12
	cmpq	%r14, %r12
	jl	.LBB0_37
	jmp	.LBB0_35
	.p2align	4
.LBB0_11:
	cmpq	$1, %rcx
	movq	304(%rsp), %r9
	movq	312(%rsp), %r10
	movq	280(%rsp), %r11
	movq	272(%rsp), %rbx
	movq	264(%rsp), %r14
	vmovss	.LCPI0_0(%rip), %xmm12
	vbroadcastss	.LCPI0_4(%rip), %zmm13
	vbroadcastss	.LCPI0_6(%rip), %zmm14
	vbroadcastss	.LCPI0_7(%rip), %zmm15
	vbroadcastss	.LCPI0_8(%rip), %zmm18
	vbroadcastss	.LCPI0_9(%rip), %zmm26
	vbroadcastss	.LCPI0_10(%rip), %zmm27
	vbroadcastss	.LCPI0_11(%rip), %zmm28
	jne	.LBB0_16
	xorl	%eax, %eax
	jmp	.LBB0_13
	.p2align	4
.LBB0_15:
	incq	%rax
	cmpq	$2, %rax
	jge	.LBB0_16
.LBB0_13:
	movq	%rax, %rdx
	shrq	%rdx
	addq	%r15, %rdx
	cmpq	112(%rsp), %rdx
	jge	.LBB0_15
	movq	%rax, %rsi
	shlq	$6, %rsi
	vmovaps	448(%rsp,%rsi), %ymm1
	vaddps	480(%rsp,%rsi), %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vaddss	%xmm2, %xmm1, %xmm1
	movq	%rax, %rsi
	shlq	$9, %rsi
	shlq	$13, %rdx
	addq	%r14, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	576(%rsp,%rsi), %zmm2
	vbroadcastss	%xmm1, %zmm1
	vdivps	%zmm1, %zmm2, %zmm2
	addq	%r12, %rdi
	shlq	$9, %rdi
	vmovups	%zmm2, (%rdi,%rdx)
	vmovaps	640(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 64(%rdi,%rdx)
	vmovaps	704(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 128(%rdi,%rdx)
	vmovaps	768(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 192(%rdi,%rdx)
	vmovaps	832(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 256(%rdi,%rdx)
	vmovaps	896(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 320(%rdi,%rdx)
	vmovaps	960(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 384(%rdi,%rdx)
	vmovaps	1024(%rsp,%rsi), %zmm2
	vdivps	%zmm1, %zmm2, %zmm1
	vmovups	%zmm1, 448(%rdi,%rdx)
	jmp	.LBB0_15
	.p2align	4
.LBB0_16:
	cmpq	$1, %rcx
	je	.LBB0_4
	movq	112(%rsp), %rax
	subq	%r15, %rax
	testq	%rax, %rax
	movl	$1, %edx
	cmovgq	%rdx, %rax
	addq	%rax, %rax
	xorl	%edx, %edx
	cmpq	%rax, %rdx
	jge	.LBB0_19
	.p2align	4
.LBB0_45:
	movq	%rdx, %rsi
	shrq	%rsi
	addq	%r15, %rsi
	movl	%edx, %edi
	andl	$1, %edi
	addq	%r12, %rdi
	shlq	$4, %rsi
	addq	%rdi, %rsi
	shlq	$6, %rsi
	addq	240(%rsp), %rsi
	leaq	(%rsi,%rsi,8), %rsi
	shlq	$6, %rsi
	movq	%rdx, %rdi
	movq	%rdx, %r8
	shlq	$6, %r8
	vmovaps	448(%rsp,%r8), %ymm1
	shlq	$9, %rdi
	vaddps	480(%rsp,%r8), %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vmovaps	576(%rsp,%rdi), %zmm4
	movq	248(%rsp), %r8
	vmovaps	%zmm4, (%r8,%rsi)
	vmovaps	640(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 64(%r8,%rsi)
	vmovaps	704(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 128(%r8,%rsi)
	vmovaps	768(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 192(%r8,%rsi)
	vmovaps	832(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 256(%r8,%rsi)
	vmovaps	896(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 320(%r8,%rsi)
	vmovaps	960(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 384(%r8,%rsi)
	vmovaps	1024(%rsp,%rdi), %zmm4
	vmovaps	%zmm4, 448(%r8,%rsi)
	vmovss	64(%rsp,%rdx,4), %xmm4
	vaddss	%xmm2, %xmm1, %xmm1
	vmovss	%xmm4, 512(%r8,%rsi)
	vmovss	%xmm1, 516(%r8,%rsi)
	incq	%rdx
	cmpq	%rax, %rdx
	jl	.LBB0_45
.LBB0_19:
	movq	56(%rsp), %rdx
	leaq	(%rdx,%r15,8), %rdx
	shlq	$6, %rdx
	movl	$1, %esi
	movq	256(%rsp), %rdi
	lock		xaddl	%esi, (%rdi,%rdx)
	incq	%rsi
	cmpq	%rcx, %rsi
	jne	.LBB0_4
	xorl	%edi, %edi
	jmp	.LBB0_21
	.p2align	4
.LBB0_42:
	movq	%rdi, %rdx
	shlq	$9, %rdx
	vmovaps	%zmm17, 576(%rsp,%rdx)
	vmovaps	%zmm19, 640(%rsp,%rdx)
	vmovaps	%zmm20, 704(%rsp,%rdx)
	vmovaps	%zmm21, 768(%rsp,%rdx)
	vmovaps	%zmm22, 832(%rsp,%rdx)
	vmovaps	%zmm23, 896(%rsp,%rdx)
	vmovaps	%zmm24, 960(%rsp,%rdx)
	vmovaps	%zmm25, 1024(%rsp,%rdx)
	vxorps	%xmm1, %xmm1, %xmm1
	vblendps	$1, %xmm2, %xmm1, %xmm1
	movq	%rdi, %rdx
	shlq	$6, %rdx
	vmovaps	%zmm1, 448(%rsp,%rdx)
	incq	%rdi
.LBB0_21:
	cmpq	%rax, %rdi
	jge	.LBB0_22
	movq	%rdi, %rdx
	shrq	%rdx
	addq	%r15, %rdx
	movl	%edi, %esi
	andl	$1, %esi
	addq	%r12, %rsi
	shlq	$4, %rdx
	addq	%rsi, %rdx
	leaq	(%rdx,%rdx,8), %rdx
	shlq	$12, %rdx
	addq	248(%rsp), %rdx
	xorl	%esi, %esi
	vmovaps	%xmm12, %xmm1
	cmpq	%rcx, %rsi
	jge	.LBB0_40
	.p2align	4
.LBB0_46:
	leaq	(%rsi,%rsi,8), %r8
	shlq	$6, %r8
	vmaxss	512(%rdx,%r8), %xmm1, %xmm1
	incq	%rsi
	cmpq	%rcx, %rsi
	jl	.LBB0_46
.LBB0_40:
	vxorps	%xmm2, %xmm2, %xmm2
	xorl	%esi, %esi
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm19, %xmm19, %xmm19
	vxorps	%xmm20, %xmm20, %xmm20
	vxorps	%xmm21, %xmm21, %xmm21
	vxorps	%xmm22, %xmm22, %xmm22
	vxorps	%xmm23, %xmm23, %xmm23
	vxorps	%xmm24, %xmm24, %xmm24
	vxorps	%xmm25, %xmm25, %xmm25
	cmpq	%rcx, %rsi
	jge	.LBB0_42
	.p2align	4
.LBB0_43:
	leaq	(%rsi,%rsi,8), %r8
	shlq	$6, %r8
	vmovss	512(%rdx,%r8), %xmm4
	vsubss	%xmm1, %xmm4, %xmm4
	vbroadcastss	%xmm4, %zmm4
	vmovaps	%zmm5, %zmm8
	vfmadd231ps	%zmm6, %zmm4, %zmm8
	vsubps	%zmm5, %zmm8, %zmm9
	vcmpnltps	%zmm28, %zmm4, %k2
	vcmpgtps	%zmm16, %zmm4, %k1
	vfmadd231ps	%zmm7, %zmm9, %zmm4
	vfmadd231ps	%zmm13, %zmm9, %zmm4
	vmulps	%zmm4, %zmm4, %zmm9
	vmovaps	%zmm10, %zmm11
	vfmadd213ps	%zmm14, %zmm4, %zmm11
	vfmadd213ps	%zmm15, %zmm4, %zmm11
	vfmadd213ps	%zmm18, %zmm4, %zmm11
	vfmadd213ps	%zmm26, %zmm4, %zmm11
	vfmadd213ps	%zmm4, %zmm9, %zmm11
	vaddps	%zmm27, %zmm11, %zmm4
	vpslld	$23, %zmm8, %zmm8
	vpaddd	%zmm8, %zmm4, %zmm4
	vmovaps	%zmm4, %zmm4 {%k2} {z}
	vbroadcastss	.LCPI0_13(%rip), %zmm4 {%k1}
	vfmadd231ps	(%rdx,%r8), %zmm4, %zmm17
	vfmadd231ps	64(%rdx,%r8), %zmm4, %zmm19
	vfmadd231ps	128(%rdx,%r8), %zmm4, %zmm20
	vfmadd231ps	192(%rdx,%r8), %zmm4, %zmm21
	vfmadd231ps	256(%rdx,%r8), %zmm4, %zmm22
	vfmadd231ps	320(%rdx,%r8), %zmm4, %zmm23
	vfmadd231ps	384(%rdx,%r8), %zmm4, %zmm24
	vfmadd231ps	448(%rdx,%r8), %zmm4, %zmm25
	vfmadd231ps	516(%rdx,%r8){1to16}, %zmm4, %zmm2
	incq	%rsi
	cmpq	%rcx, %rsi
	jl	.LBB0_43
	jmp	.LBB0_42
.LBB0_22:
	xorl	%eax, %eax
	jmp	.LBB0_23
	.p2align	4
.LBB0_25:
	incq	%rax
	cmpq	$2, %rax
	jge	.LBB0_4
.LBB0_23:
	movq	%rax, %rcx
	shrq	%rcx
	addq	%r15, %rcx
	cmpq	112(%rsp), %rcx
	jge	.LBB0_25
	movq	%rax, %rdx
	shlq	$6, %rdx
	vmovaps	448(%rsp,%rdx), %ymm1
	vaddps	480(%rsp,%rdx), %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vaddss	%xmm2, %xmm1, %xmm1
	movq	%rax, %rdx
	shlq	$9, %rdx
	shlq	$13, %rcx
	addq	%r14, %rcx
	movl	%eax, %esi
	andl	$1, %esi
	vmovaps	576(%rsp,%rdx), %zmm2
	vbroadcastss	%xmm1, %zmm1
	vdivps	%zmm1, %zmm2, %zmm2
	addq	%r12, %rsi
	shlq	$9, %rsi
	vmovups	%zmm2, (%rsi,%rcx)
	vmovaps	640(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 64(%rsi,%rcx)
	vmovaps	704(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 128(%rsi,%rcx)
	vmovaps	768(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 192(%rsi,%rcx)
	vmovaps	832(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 256(%rsi,%rcx)
	vmovaps	896(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 320(%rsi,%rcx)
	vmovaps	960(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm2
	vmovups	%zmm2, 384(%rsi,%rcx)
	vmovaps	1024(%rsp,%rdx), %zmm2
	vdivps	%zmm1, %zmm2, %zmm1
	vmovups	%zmm1, 448(%rsi,%rcx)
	jmp	.LBB0_25
.LBB0_44:
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
	.size	attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9, .Lfunc_end0-attention_f16_16x8x128_t1_c640_rows_b8fab75bad02bea9

	.section	".note.GNU-stack","",@progbits
