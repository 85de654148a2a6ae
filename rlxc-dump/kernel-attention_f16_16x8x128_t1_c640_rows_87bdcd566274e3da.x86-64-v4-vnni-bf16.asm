	.file	"attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da"
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
	.globl	attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da
	.p2align	4
	.type	attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da,@function
attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$3200, %rsp
	movq	%rdx, %r8
	movq	%rsi, %r9
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 360(%rsp)
	movq	24(%rax), %rdx
	movq	32(%rax), %r10
	movq	40(%rax), %r11
	movq	48(%rax), %rsi
	movq	%rsi, 256(%rsp)
	movq	16(%rcx), %rbx
	movq	(%rdx), %rsi
	movl	32(%rdx), %r14d
	movq	8(%rax), %rdx
	addq	%rsi, %rdx
	movq	%rdx, 240(%rsp)
	addq	16(%rax), %rsi
	movq	%rsi, 320(%rsp)
	movl	$639, %edx
	addq	40(%rcx), %rdx
	movabsq	$-3689348814741910323, %rax
	mulxq	%rax, %rcx, %rcx
	shrq	$9, %rcx
	movq	%rcx, 304(%rsp)
	leaq	-1(%rbx), %rcx
	xorl	%esi, %esi
	testq	%rcx, %rcx
	movq	%rcx, 344(%rsp)
	cmovleq	%rcx, %rsi
	leaq	640(%r14,%rsi), %rdx
	mulxq	%rax, %rcx, %rcx
	vbroadcastss	20(%rdi), %zmm0
	movq	%r14, 352(%rsp)
	leaq	(%r14,%rsi), %rax
	incq	%rax
	movq	%rax, 232(%rsp)
	shrq	$9, %rcx
	testq	%rbx, %rbx
	movl	$1, %eax
	cmovleq	%rbx, %rax
	addq	%rax, %rax
	movq	%rax, 224(%rsp)
	vbroadcastss	.LCPI0_0(%rip), %zmm3
	vbroadcastss	.LCPI0_1(%rip), %zmm6
	vbroadcastss	.LCPI0_2(%rip), %zmm7
	vbroadcastss	.LCPI0_3(%rip), %zmm8
	vbroadcastss	.LCPI0_5(%rip), %zmm11
	vbroadcastss	.LCPI0_12(%rip), %zmm17
	movq	%r8, 288(%rsp)
	movq	%r10, 280(%rsp)
	movq	%r11, 272(%rsp)
	movq	%rbx, 264(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%r9
.LBB0_1:
	cmpq	%r8, %r9
	jge	.LBB0_44
	movl	%r9d, %eax
	xorl	%edx, %edx
	divl	304(%rsp)
	movq	%rax, 56(%rsp)
	testq	%rbx, %rbx
	jle	.LBB0_4
	cmpq	%rcx, %rdx
	jge	.LBB0_4
	movq	%r9, 296(%rsp)
	movq	%rdx, 312(%rsp)
	movq	%rdx, %rax
	shlq	$7, %rax
	leaq	(%rax,%rax,4), %rdi
	leaq	(%rax,%rax,4), %rdx
	addq	$640, %rdx
	movq	232(%rsp), %rax
	cmpq	%rdx, %rax
	cmovlq	%rax, %rdx
	movq	%rdx, 248(%rsp)
	movq	56(%rsp), %rax
	leaq	(%rax,%rax), %r14
	xorl	%eax, %eax
	.p2align	4
.LBB0_6:
	movq	%rax, %r9
	shrq	%r9
	movq	344(%rsp), %rdx
	cmpq	%rdx, %r9
	cmovlq	%r9, %rdx
	movq	%rdx, %r10
	shlq	$13, %r10
	addq	360(%rsp), %r10
	movq	%rax, %rsi
	shlq	$9, %rsi
	movl	%eax, %r11d
	andl	$1, %r11d
	leaq	(%r11,%r14), %r8
	shlq	$9, %r8
	addq	%r10, %r8
	shlq	$10, %r9
	movl	%r11d, %r10d
	leaq	(%r9,%r10,4), %r9
	addq	%rsp, %r9
	addq	$2112, %r9
	xorl	%r10d, %r10d
	.p2align	4
.LBB0_7:
	movl	(%r8,%r10), %r11d
	movl	%r11d, (%r9,%r10,2)
	addq	$4, %r10
	cmpq	$512, %r10
	jl	.LBB0_7
	vxorps	%xmm1, %xmm1, %xmm1
	vmovaps	%zmm1, 576(%rsp,%rsi)
	vmovaps	%zmm1, 640(%rsp,%rsi)
	vmovaps	%zmm1, 704(%rsp,%rsi)
	vmovaps	%zmm1, 768(%rsp,%rsi)
	vmovaps	%zmm1, 832(%rsp,%rsi)
	vmovaps	%zmm1, 896(%rsp,%rsi)
	vmovaps	%zmm1, 960(%rsp,%rsi)
	vmovaps	%zmm1, 1024(%rsp,%rsi)
	movq	%rax, %rsi
	shlq	$6, %rsi
	vmovaps	%zmm1, 448(%rsp,%rsi)
	movl	$-8388608, 64(%rsp,%rax,4)
	movl	$0, 384(%rsp,%rax,4)
	addl	352(%rsp), %edx
	movl	%edx, 192(%rsp,%rax,4)
	incq	%rax
	cmpq	$2, %rax
	jl	.LBB0_6
	movq	248(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 368(%rsp)
	shrq	$6, %rdi
	movq	56(%rsp), %rdx
	movq	%rdx, %rax
	shlq	$13, %rax
	leaq	(%rax,%rax,4), %rax
	movq	%rax, 336(%rsp)
	leaq	1(%rdx), %rax
	cmpq	$7, %rax
	movl	$7, %edx
	cmovgeq	%rdx, %rax
	leaq	(%rax,%rax,4), %rax
	shlq	$21, %rax
	addq	240(%rsp), %rax
	movq	%rax, 328(%rsp)
	jmp	.LBB0_10
	.p2align	4
.LBB0_36:
	movq	376(%rsp), %rdi
	incq	%rdi
.LBB0_10:
	cmpq	368(%rsp), %rdi
	jge	.LBB0_11
	movq	%rdi, 376(%rsp)
	movq	%rdi, %r9
	shlq	$6, %r9
	movq	336(%rsp), %rax
	leaq	(%r9,%rax), %rsi
	shlq	$8, %rsi
	movq	240(%rsp), %rdi
	leaq	(%rdi,%rsi), %r15
	movq	320(%rsp), %rax
	leaq	(%rax,%rsi), %r11
	movq	248(%rsp), %r13
	subq	%r9, %r13
	cmpq	$64, %r13
	movl	$64, %eax
	cmovgeq	%rax, %r13
	movq	%r13, %rax
	shlq	$8, %rax
	cmpq	$17, %r13
	leaq	4096(%rdi,%rsi), %rdx
	cmovlq	%r15, %rdx
	cmpq	$33, %r13
	leaq	8192(%rdi,%rsi), %r14
	cmovlq	%r15, %r14
	cmpq	$49, %r13
	leaq	12288(%rdi,%rsi), %rbx
	cmovlq	%r15, %rbx
	addq	$-128, %rax
	vpbroadcastd	%r9d, %zmm1
	vmovdqa64	.LCPI0_14(%rip), %zmm4
	vpord	%zmm4, %zmm1, %zmm19
	leal	16(%r9), %esi
	vpbroadcastd	%esi, %zmm1
	vpord	%zmm4, %zmm1, %zmm20
	leal	32(%r9), %esi
	vpbroadcastd	%esi, %zmm1
	vpord	%zmm4, %zmm1, %zmm1
	leal	48(%r9), %esi
	vpbroadcastd	%esi, %zmm2
	vpord	%zmm4, %zmm2, %zmm2
	xorl	%r12d, %r12d
	.p2align	4
.LBB0_27:
	movq	%r12, %rsi
	shlq	$10, %rsi
	addq	%rsp, %rsi
	addq	$2112, %rsi
	movq	%r12, %r8
	shlq	$7, %r8
	vxorps	%xmm26, %xmm26, %xmm26
	xorl	%r10d, %r10d
	vxorps	%xmm27, %xmm27, %xmm27
	vxorps	%xmm25, %xmm25, %xmm25
	vxorps	%xmm24, %xmm24, %xmm24
	vxorps	%xmm23, %xmm23, %xmm23
	vxorps	%xmm22, %xmm22, %xmm22
	vxorps	%xmm21, %xmm21, %xmm21
	vxorps	%xmm5, %xmm5, %xmm5
	.p2align	4
.LBB0_28:
	leaq	(%r8,%r10), %rdi
	shlq	$7, %rdi
	cmpq	%rax, %rdi
	cmovgeq	%rax, %rdi
	prefetcht0	(%r11,%rdi)
	prefetcht0	64(%r11,%rdi)
	movq	%r10, %rdi
	shlq	$5, %rdi
	vcvtph2ps	(%r15,%rdi), %zmm28
	vcvtph2ps	(%rdx,%rdi), %zmm29
	vcvtph2ps	(%r14,%rdi), %zmm30
	vcvtph2ps	(%rbx,%rdi), %zmm31
	vbroadcastss	(%rsi,%r10,8), %zmm4
	vfmadd231ps	%zmm4, %zmm28, %zmm26
	vfmadd231ps	%zmm4, %zmm29, %zmm27
	vfmadd231ps	%zmm4, %zmm30, %zmm25
	vfmadd231ps	%zmm4, %zmm31, %zmm24
	vbroadcastss	4(%rsi,%r10,8), %zmm4
	vfmadd231ps	%zmm28, %zmm4, %zmm23
	vfmadd231ps	%zmm29, %zmm4, %zmm22
	vfmadd231ps	%zmm30, %zmm4, %zmm21
	vfmadd231ps	%zmm4, %zmm31, %zmm5
	incq	%r10
	cmpq	$128, %r10
	jl	.LBB0_28
	leaq	(%r12,%r12), %rsi
	movq	%r12, %rdi
	shlq	$9, %rdi
	vpbroadcastd	192(%rsp,%r12,8), %zmm4
	vpcmpled	%zmm4, %zmm19, %k1
	vmovaps	%zmm3, %zmm28
	vmulps	%zmm0, %zmm26, %zmm28 {%k1}
	vmovaps	%zmm28, 1600(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm20, %k1
	vmovaps	%zmm3, %zmm26
	vmulps	%zmm0, %zmm27, %zmm26 {%k1}
	vmovaps	%zmm26, 1664(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm1, %k1
	vmovaps	%zmm3, %zmm26
	vmulps	%zmm0, %zmm25, %zmm26 {%k1}
	vmovaps	%zmm26, 1728(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm2, %k1
	vmovaps	%zmm3, %zmm4
	vmulps	%zmm0, %zmm24, %zmm4 {%k1}
	vmovaps	%zmm4, 1792(%rsp,%rdi)
	leaq	1(,%r12,2), %rdi
	shlq	$8, %rdi
	vpbroadcastd	196(%rsp,%rsi,4), %zmm4
	vpcmpled	%zmm4, %zmm19, %k1
	vmovaps	%zmm3, %zmm24
	vmulps	%zmm0, %zmm23, %zmm24 {%k1}
	vmovaps	%zmm24, 1600(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm20, %k1
	vmovaps	%zmm3, %zmm23
	vmulps	%zmm0, %zmm22, %zmm23 {%k1}
	vmovaps	%zmm23, 1664(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm1, %k1
	vmovaps	%zmm3, %zmm22
	vmulps	%zmm0, %zmm21, %zmm22 {%k1}
	vmovaps	%zmm22, 1728(%rsp,%rdi)
	vpcmpled	%zmm4, %zmm2, %k1
	vmovaps	%zmm3, %zmm4
	vmulps	%zmm0, %zmm5, %zmm4 {%k1}
	vmovaps	%zmm4, 1792(%rsp,%rdi)
	incq	%r12
	testq	%r12, %r12
	jle	.LBB0_27
	xorl	%eax, %eax
	vmovss	.LCPI0_0(%rip), %xmm9
	vxorps	%xmm10, %xmm10, %xmm10
	vbroadcastss	.LCPI0_4(%rip), %zmm12
	vbroadcastss	.LCPI0_6(%rip), %zmm13
	vbroadcastss	.LCPI0_7(%rip), %zmm14
	vbroadcastss	.LCPI0_8(%rip), %zmm15
	vbroadcastss	.LCPI0_9(%rip), %zmm16
	vbroadcastss	.LCPI0_10(%rip), %zmm18
	vbroadcastss	.LCPI0_11(%rip), %zmm25
	vbroadcastss	.LCPI0_13(%rip), %zmm26
	.p2align	4
.LBB0_31:
	movq	%rax, %r14
	shlq	$8, %r14
	movq	%rax, %rdx
	vmovss	64(%rsp,%rax,4), %xmm1
	vmovaps	1600(%rsp,%r14), %zmm4
	vmovaps	1664(%rsp,%r14), %zmm21
	vmovaps	1728(%rsp,%r14), %zmm5
	vmovaps	1792(%rsp,%r14), %zmm19
	vmaxps	%zmm21, %zmm4, %zmm2
	vmaxps	%zmm5, %zmm2, %zmm2
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
	vmovss	%xmm20, 64(%rsp,%rax,4)
	vcmpless	%xmm9, %xmm20, %k1
	vmovss	%xmm10, %xmm20, %xmm20 {%k1}
	vbroadcastss	%xmm20, %zmm2
	vsubss	%xmm20, %xmm1, %xmm1
	vbroadcastss	%xmm1, %zmm1
	vmovaps	%zmm7, %zmm20
	vfmadd213ps	%zmm6, %zmm1, %zmm20
	vsubps	%zmm6, %zmm20, %zmm22
	vmovaps	%zmm8, %zmm23
	vfmadd213ps	%zmm1, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm12, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm11, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm15, %zmm23, %zmm24
	vfmadd213ps	%zmm16, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm18, %zmm24, %zmm22
	vpslld	$23, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm22, %zmm20
	vcmpnltps	%zmm25, %zmm1, %k1
	vcmpltps	%zmm1, %zmm17, %k2
	vmovaps	%zmm20, %zmm1 {%k1} {z}
	vmovaps	%zmm26, %zmm1 {%k2}
	vmovss	%xmm1, 128(%rsp,%rax,4)
	vsubps	%zmm2, %zmm4, %zmm4
	vmovaps	%zmm7, %zmm20
	vfmadd213ps	%zmm6, %zmm4, %zmm20
	vsubps	%zmm6, %zmm20, %zmm22
	vmovaps	%zmm8, %zmm23
	vfmadd213ps	%zmm4, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm12, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm11, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm15, %zmm23, %zmm24
	vfmadd213ps	%zmm16, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm18, %zmm24, %zmm22
	vpslld	$23, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm22, %zmm20
	vcmpnltps	%zmm25, %zmm4, %k1
	vcmpltps	%zmm4, %zmm17, %k2
	vmovaps	%zmm20, %zmm20 {%k1} {z}
	vmovaps	%zmm26, %zmm20 {%k2}
	vmovaps	%zmm20, 1600(%rsp,%r14)
	vsubps	%zmm2, %zmm21, %zmm4
	vmovaps	%zmm7, %zmm21
	vfmadd213ps	%zmm6, %zmm4, %zmm21
	vsubps	%zmm6, %zmm21, %zmm22
	vmovaps	%zmm8, %zmm23
	vfmadd213ps	%zmm4, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm12, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm11, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm15, %zmm23, %zmm24
	vfmadd213ps	%zmm16, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm18, %zmm24, %zmm22
	vpslld	$23, %zmm21, %zmm21
	vpaddd	%zmm21, %zmm22, %zmm21
	vcmpnltps	%zmm25, %zmm4, %k1
	vcmpltps	%zmm4, %zmm17, %k2
	vmovaps	%zmm21, %zmm4 {%k1} {z}
	vmovaps	%zmm26, %zmm4 {%k2}
	vmovaps	%zmm4, 1664(%rsp,%r14)
	vsubps	%zmm2, %zmm5, %zmm5
	vmovaps	%zmm7, %zmm21
	vfmadd213ps	%zmm6, %zmm5, %zmm21
	vsubps	%zmm6, %zmm21, %zmm22
	vmovaps	%zmm8, %zmm23
	vfmadd213ps	%zmm5, %zmm22, %zmm23
	vfmadd231ps	%zmm22, %zmm12, %zmm23
	vmulps	%zmm23, %zmm23, %zmm22
	vmovaps	%zmm11, %zmm24
	vfmadd213ps	%zmm13, %zmm23, %zmm24
	vfmadd213ps	%zmm14, %zmm23, %zmm24
	vfmadd213ps	%zmm15, %zmm23, %zmm24
	vfmadd213ps	%zmm16, %zmm23, %zmm24
	vfmadd213ps	%zmm23, %zmm22, %zmm24
	vaddps	%zmm18, %zmm24, %zmm22
	vpslld	$23, %zmm21, %zmm21
	vpaddd	%zmm21, %zmm22, %zmm21
	vcmpnltps	%zmm25, %zmm5, %k1
	vcmpltps	%zmm5, %zmm17, %k2
	vmovaps	%zmm21, %zmm5 {%k1} {z}
	vmovaps	%zmm26, %zmm5 {%k2}
	vmovaps	%zmm5, 1728(%rsp,%r14)
	shlq	$6, %rdx
	vsubps	%zmm2, %zmm19, %zmm2
	vmovaps	%zmm7, %zmm19
	vfmadd213ps	%zmm6, %zmm2, %zmm19
	vsubps	%zmm6, %zmm19, %zmm21
	vmovaps	%zmm8, %zmm22
	vfmadd213ps	%zmm2, %zmm21, %zmm22
	vfmadd231ps	%zmm21, %zmm12, %zmm22
	vmulps	%zmm22, %zmm22, %zmm21
	vmovaps	%zmm11, %zmm23
	vfmadd213ps	%zmm13, %zmm22, %zmm23
	vfmadd213ps	%zmm14, %zmm22, %zmm23
	vfmadd213ps	%zmm15, %zmm22, %zmm23
	vfmadd213ps	%zmm16, %zmm22, %zmm23
	vfmadd213ps	%zmm22, %zmm21, %zmm23
	vaddps	%zmm18, %zmm23, %zmm21
	vpslld	$23, %zmm19, %zmm19
	vpaddd	%zmm19, %zmm21, %zmm19
	vcmpnltps	%zmm25, %zmm2, %k1
	vcmpltps	%zmm2, %zmm17, %k2
	vmovaps	%zmm19, %zmm2 {%k1} {z}
	vmovaps	%zmm26, %zmm2 {%k2}
	vmovaps	%zmm2, 1792(%rsp,%r14)
	vaddps	%zmm4, %zmm20, %zmm4
	vaddps	%zmm2, %zmm5, %zmm2
	vaddps	%zmm2, %zmm4, %zmm2
	vfmadd231ps	448(%rsp,%rdx), %zmm1, %zmm2
	vmovaps	%zmm2, 448(%rsp,%rdx)
	incq	%rax
	cmpq	$2, %rax
	jl	.LBB0_31
	addq	$64, %r9
	addq	$16384, %r15
	cmpq	232(%rsp), %r9
	cmovgeq	328(%rsp), %r15
	xorl	%eax, %eax
	movq	56(%rsp), %rdx
	leaq	(%rdx,%rdx), %r14
	jmp	.LBB0_33
	.p2align	4
.LBB0_35:
	vmovaps	%zmm19, 576(%rsp,%rdx)
	vmovaps	%zmm20, 640(%rsp,%rdx)
	vmovaps	%zmm21, 704(%rsp,%rdx)
	vmovaps	%zmm22, 768(%rsp,%rdx)
	vmovaps	%zmm23, 832(%rsp,%rdx)
	vmovaps	%zmm24, 896(%rsp,%rdx)
	vmovaps	%zmm25, 960(%rsp,%rdx)
	vmovaps	%zmm26, 1024(%rsp,%rdx)
	vmovaps	%zmm27, 1088(%rsp,%rdx)
	vmovaps	%zmm28, 1152(%rsp,%rdx)
	vmovaps	%zmm29, 1216(%rsp,%rdx)
	vmovaps	%zmm30, 1280(%rsp,%rdx)
	vmovaps	%zmm31, 1344(%rsp,%rdx)
	vmovaps	%zmm1, 1408(%rsp,%rdx)
	vmovaps	%zmm2, 1472(%rsp,%rdx)
	vmovaps	%zmm5, 1536(%rsp,%rdx)
	incq	%rax
	testq	%rax, %rax
	jg	.LBB0_36
.LBB0_33:
	movq	%rax, %rdx
	shlq	$10, %rdx
	movq	%rax, %rsi
	shlq	$9, %rsi
	leaq	(%rsp,%rsi), %r9
	addq	$1600, %r9
	vbroadcastss	128(%rsp,%rax,8), %zmm1
	vmulps	576(%rsp,%rdx), %zmm1, %zmm19
	vmulps	640(%rsp,%rdx), %zmm1, %zmm20
	vmulps	704(%rsp,%rdx), %zmm1, %zmm21
	vmulps	768(%rsp,%rdx), %zmm1, %zmm22
	vmulps	832(%rsp,%rdx), %zmm1, %zmm23
	vmulps	896(%rsp,%rdx), %zmm1, %zmm24
	vmulps	960(%rsp,%rdx), %zmm1, %zmm25
	vmulps	1024(%rsp,%rdx), %zmm1, %zmm26
	vbroadcastss	132(%rsp,%rax,8), %zmm4
	vmulps	1088(%rsp,%rdx), %zmm4, %zmm27
	vmulps	1152(%rsp,%rdx), %zmm4, %zmm28
	vmulps	1216(%rsp,%rdx), %zmm4, %zmm29
	vmulps	1280(%rsp,%rdx), %zmm4, %zmm30
	vmulps	1344(%rsp,%rdx), %zmm4, %zmm31
	vmulps	1408(%rsp,%rdx), %zmm4, %zmm1
	vmulps	1472(%rsp,%rdx), %zmm4, %zmm2
	vmulps	1536(%rsp,%rdx), %zmm4, %zmm5
	movq	%rax, %r8
	shlq	$6, %r8
	xorl	%ebx, %ebx
	cmpq	%r13, %rbx
	jge	.LBB0_35
	.p2align	4
.LBB0_37:
	leaq	(%r8,%rbx), %rsi
	shlq	$8, %rsi
	prefetcht0	(%r15,%rsi)
	prefetcht0	64(%r15,%rsi)
	prefetcht0	128(%r15,%rsi)
	movq	%rbx, %rdi
	shlq	$8, %rdi
	vcvtph2ps	(%r11,%rdi), %zmm4
	vcvtph2ps	32(%r11,%rdi), %zmm18
	vcvtph2ps	64(%r11,%rdi), %zmm9
	vcvtph2ps	96(%r11,%rdi), %zmm10
	vcvtph2ps	128(%r11,%rdi), %zmm12
	vcvtph2ps	160(%r11,%rdi), %zmm13
	vcvtph2ps	192(%r11,%rdi), %zmm14
	prefetcht0	192(%r15,%rsi)
	vcvtph2ps	224(%r11,%rdi), %zmm15
	vbroadcastss	(%r9,%rbx,4), %zmm16
	vfmadd231ps	%zmm16, %zmm4, %zmm19
	vfmadd231ps	%zmm16, %zmm18, %zmm20
	vfmadd231ps	%zmm16, %zmm9, %zmm21
	vfmadd231ps	%zmm16, %zmm10, %zmm22
	vfmadd231ps	%zmm16, %zmm12, %zmm23
	vfmadd231ps	%zmm16, %zmm13, %zmm24
	vfmadd231ps	%zmm16, %zmm14, %zmm25
	vfmadd231ps	%zmm16, %zmm15, %zmm26
	vbroadcastss	256(%r9,%rbx,4), %zmm16
	vfmadd231ps	%zmm4, %zmm16, %zmm27
	vfmadd231ps	%zmm18, %zmm16, %zmm28
	vfmadd231ps	%zmm9, %zmm16, %zmm29
	vfmadd231ps	%zmm10, %zmm16, %zmm30
	vfmadd231ps	%zmm12, %zmm16, %zmm31
	vfmadd231ps	%zmm13, %zmm16, %zmm1
	vfmadd231ps	%zmm14, %zmm16, %zmm2
	vfmadd231ps	%zmm16, %zmm15, %zmm5
	incq	%rbx
	cmpq	%r13, %rbx
	jl	.LBB0_37
	jmp	.LBB0_35
	.p2align	4
.LBB0_11:
	cmpq	$1, %rcx
	movq	288(%rsp), %r8
	movq	296(%rsp), %r9
	movq	280(%rsp), %r10
	movq	272(%rsp), %r11
	movq	264(%rsp), %rbx
	vmovss	.LCPI0_0(%rip), %xmm13
	vbroadcastss	.LCPI0_4(%rip), %zmm14
	vbroadcastss	.LCPI0_6(%rip), %zmm15
	vbroadcastss	.LCPI0_7(%rip), %zmm16
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
	cmpq	%rbx, %rdx
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
	addq	%r10, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	576(%rsp,%rsi), %zmm2
	vbroadcastss	%xmm1, %zmm1
	vdivps	%zmm1, %zmm2, %zmm2
	addq	%r14, %rdi
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
	xorl	%eax, %eax
	cmpq	224(%rsp), %rax
	jge	.LBB0_19
	.p2align	4
.LBB0_45:
	movl	%eax, %edx
	andl	$1, %edx
	addq	%r14, %rdx
	movq	%rax, %rsi
	movabsq	$562949953421310, %rdi
	andq	%rdi, %rsi
	leaq	(%rdx,%rsi,8), %rdx
	shlq	$6, %rdx
	addq	312(%rsp), %rdx
	leaq	(%rdx,%rdx,8), %rdx
	shlq	$6, %rdx
	movq	%rax, %rsi
	movq	%rax, %rdi
	shlq	$6, %rdi
	vmovaps	448(%rsp,%rdi), %ymm1
	shlq	$9, %rsi
	vaddps	480(%rsp,%rdi), %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vmovaps	576(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, (%r11,%rdx)
	vmovaps	640(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 64(%r11,%rdx)
	vmovaps	704(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 128(%r11,%rdx)
	vmovaps	768(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 192(%r11,%rdx)
	vmovaps	832(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 256(%r11,%rdx)
	vmovaps	896(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 320(%r11,%rdx)
	vmovaps	960(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 384(%r11,%rdx)
	vmovaps	1024(%rsp,%rsi), %zmm4
	vmovaps	%zmm4, 448(%r11,%rdx)
	vmovss	64(%rsp,%rax,4), %xmm4
	vaddss	%xmm2, %xmm1, %xmm1
	vmovss	%xmm4, 512(%r11,%rdx)
	vmovss	%xmm1, 516(%r11,%rdx)
	incq	%rax
	cmpq	224(%rsp), %rax
	jl	.LBB0_45
.LBB0_19:
	movq	56(%rsp), %rsi
	shlq	$6, %rsi
	movl	$1, %eax
	movq	256(%rsp), %rdx
	lock		xaddl	%eax, (%rdx,%rsi)
	incq	%rax
	cmpq	%rcx, %rax
	jne	.LBB0_4
	xorl	%eax, %eax
	jmp	.LBB0_21
	.p2align	4
.LBB0_42:
	movq	%rax, %rdx
	shlq	$9, %rdx
	vmovaps	%zmm5, 576(%rsp,%rdx)
	vmovaps	%zmm19, 640(%rsp,%rdx)
	vmovaps	%zmm20, 704(%rsp,%rdx)
	vmovaps	%zmm21, 768(%rsp,%rdx)
	vmovaps	%zmm22, 832(%rsp,%rdx)
	vmovaps	%zmm23, 896(%rsp,%rdx)
	vmovaps	%zmm24, 960(%rsp,%rdx)
	vmovaps	%zmm25, 1024(%rsp,%rdx)
	vxorps	%xmm1, %xmm1, %xmm1
	vblendps	$1, %xmm2, %xmm1, %xmm1
	movq	%rax, %rdx
	shlq	$6, %rdx
	vmovaps	%zmm1, 448(%rsp,%rdx)
	incq	%rax
.LBB0_21:
	cmpq	224(%rsp), %rax
	jge	.LBB0_22
	movl	%eax, %edx
	andl	$1, %edx
	addq	%r14, %rdx
	movq	%rax, %rsi
	movabsq	$562949953421310, %rdi
	andq	%rdi, %rsi
	leaq	(%rdx,%rsi,8), %rdx
	leaq	(%rdx,%rdx,8), %rdx
	shlq	$12, %rdx
	addq	%r11, %rdx
	xorl	%esi, %esi
	vmovaps	%xmm13, %xmm1
	cmpq	%rcx, %rsi
	jge	.LBB0_40
	.p2align	4
.LBB0_46:
	leaq	(%rsi,%rsi,8), %rdi
	shlq	$6, %rdi
	vmaxss	512(%rdx,%rdi), %xmm1, %xmm1
	incq	%rsi
	cmpq	%rcx, %rsi
	jl	.LBB0_46
.LBB0_40:
	vxorps	%xmm2, %xmm2, %xmm2
	xorl	%edi, %edi
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm19, %xmm19, %xmm19
	vxorps	%xmm20, %xmm20, %xmm20
	vxorps	%xmm21, %xmm21, %xmm21
	vxorps	%xmm22, %xmm22, %xmm22
	vxorps	%xmm23, %xmm23, %xmm23
	vxorps	%xmm24, %xmm24, %xmm24
	vxorps	%xmm25, %xmm25, %xmm25
	cmpq	%rcx, %rdi
	jge	.LBB0_42
	.p2align	4
.LBB0_43:
	leaq	(%rdi,%rdi,8), %rsi
	shlq	$6, %rsi
	vmovss	512(%rdx,%rsi), %xmm4
	vsubss	%xmm1, %xmm4, %xmm4
	vbroadcastss	%xmm4, %zmm4
	vmovaps	%zmm6, %zmm9
	vfmadd231ps	%zmm7, %zmm4, %zmm9
	vsubps	%zmm6, %zmm9, %zmm10
	vcmpnltps	%zmm28, %zmm4, %k2
	vcmpgtps	%zmm17, %zmm4, %k1
	vfmadd231ps	%zmm8, %zmm10, %zmm4
	vfmadd231ps	%zmm14, %zmm10, %zmm4
	vmulps	%zmm4, %zmm4, %zmm10
	vmovaps	%zmm11, %zmm12
	vfmadd213ps	%zmm15, %zmm4, %zmm12
	vfmadd213ps	%zmm16, %zmm4, %zmm12
	vfmadd213ps	%zmm18, %zmm4, %zmm12
	vfmadd213ps	%zmm26, %zmm4, %zmm12
	vfmadd213ps	%zmm4, %zmm10, %zmm12
	vaddps	%zmm27, %zmm12, %zmm4
	vpslld	$23, %zmm9, %zmm9
	vpaddd	%zmm9, %zmm4, %zmm4
	vmovaps	%zmm4, %zmm4 {%k2} {z}
	vbroadcastss	.LCPI0_13(%rip), %zmm4 {%k1}
	vfmadd231ps	(%rdx,%rsi), %zmm4, %zmm5
	vfmadd231ps	64(%rdx,%rsi), %zmm4, %zmm19
	vfmadd231ps	128(%rdx,%rsi), %zmm4, %zmm20
	vfmadd231ps	192(%rdx,%rsi), %zmm4, %zmm21
	vfmadd231ps	256(%rdx,%rsi), %zmm4, %zmm22
	vfmadd231ps	320(%rdx,%rsi), %zmm4, %zmm23
	vfmadd231ps	384(%rdx,%rsi), %zmm4, %zmm24
	vfmadd231ps	448(%rdx,%rsi), %zmm4, %zmm25
	vfmadd231ps	516(%rdx,%rsi){1to16}, %zmm4, %zmm2
	incq	%rdi
	cmpq	%rcx, %rdi
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
	movq	%rax, %rdx
	shrq	%rdx
	cmpq	%rbx, %rdx
	jge	.LBB0_25
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
	addq	%r10, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	576(%rsp,%rsi), %zmm2
	vbroadcastss	%xmm1, %zmm1
	vdivps	%zmm1, %zmm2, %zmm2
	addq	%r14, %rdi
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
	.size	attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da, .Lfunc_end0-attention_f16_16x8x128_t1_c640_rows_87bdcd566274e3da

	.section	".note.GNU-stack","",@progbits
