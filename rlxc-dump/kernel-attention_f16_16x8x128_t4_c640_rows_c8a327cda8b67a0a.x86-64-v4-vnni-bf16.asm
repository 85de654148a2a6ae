	.file	"attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a"
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
	.globl	attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a
	.p2align	4
	.type	attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a,@function
attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$11520, %rsp
	movq	%rdx, %r9
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 168(%rsp)
	movq	24(%rax), %r8
	movq	32(%rax), %r11
	movq	40(%rax), %r10
	movq	48(%rax), %rdx
	movq	%rdx, 64(%rsp)
	movq	16(%rcx), %rbx
	movq	(%r8), %rdx
	movq	8(%rax), %r14
	addq	%rdx, %r14
	movq	%r14, 48(%rsp)
	addq	16(%rax), %rdx
	movq	%rdx, 128(%rsp)
	movl	$639, %edx
	addq	40(%rcx), %rdx
	movl	32(%r8), %ecx
	movabsq	$-3689348814741910323, %rax
	mulxq	%rax, %rdx, %rdx
	shrq	$9, %rdx
	movq	%rdx, 104(%rsp)
	leaq	-1(%rbx), %rdx
	cmpq	$4, %rdx
	movl	$3, %r8d
	movq	%rdx, 152(%rsp)
	cmovlq	%rdx, %r8
	leaq	640(%rcx,%r8), %rdx
	mulxq	%rax, %r14, %r14
	vbroadcastss	20(%rdi), %zmm0
	movq	%rcx, 160(%rsp)
	leaq	(%rcx,%r8), %rax
	incq	%rax
	movq	%rax, 40(%rsp)
	shrq	$9, %r14
	cmpq	$4, %rbx
	movl	$4, %eax
	cmovlq	%rbx, %rax
	addq	%rax, %rax
	movq	%rax, 32(%rsp)
	vbroadcastss	.LCPI0_0(%rip), %zmm3
	vbroadcastss	.LCPI0_1(%rip), %zmm5
	vbroadcastss	.LCPI0_2(%rip), %zmm10
	vbroadcastss	.LCPI0_4(%rip), %zmm29
	vbroadcastss	.LCPI0_6(%rip), %zmm30
	vbroadcastss	.LCPI0_5(%rip), %zmm31
	vbroadcastss	.LCPI0_7(%rip), %zmm14
	vbroadcastss	.LCPI0_8(%rip), %zmm15
	vbroadcastss	.LCPI0_9(%rip), %zmm16
	vbroadcastss	.LCPI0_10(%rip), %zmm17
	vbroadcastss	.LCPI0_11(%rip), %zmm18
	vbroadcastss	.LCPI0_12(%rip), %zmm19
	vmovaps	%zmm0, 384(%rsp)
	movq	%r9, 96(%rsp)
	movq	%r11, 88(%rsp)
	movq	%r10, 80(%rsp)
	movq	%rbx, 72(%rsp)
	movq	%r14, 120(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	112(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	%r9, %rsi
	jge	.LBB0_46
	movq	%rsi, 112(%rsp)
	movq	%rsi, %rax
	xorl	%edx, %edx
	divl	104(%rsp)
	movq	%rax, 16(%rsp)
	testq	%rbx, %rbx
	jle	.LBB0_4
	cmpq	%r14, %rdx
	jge	.LBB0_4
	movq	%rdx, 24(%rsp)
	movq	%rdx, %rax
	shlq	$7, %rax
	leaq	(%rax,%rax,4), %r12
	leaq	(%rax,%rax,4), %rcx
	addq	$640, %rcx
	movq	40(%rsp), %rax
	cmpq	%rcx, %rax
	cmovlq	%rax, %rcx
	movq	%rcx, 56(%rsp)
	movq	16(%rsp), %rax
	leaq	(%rax,%rax), %r15
	xorl	%eax, %eax
	.p2align	4
.LBB0_6:
	movq	%rax, %rdx
	shrq	%rdx
	movq	152(%rsp), %rcx
	cmpq	%rcx, %rdx
	cmovgeq	%rcx, %rdx
	movq	%rdx, %r8
	shlq	$13, %r8
	addq	168(%rsp), %r8
	movq	%rax, %rsi
	shlq	$9, %rsi
	movl	%eax, %edi
	andl	$1, %edi
	addq	%r15, %rdi
	shlq	$9, %rdi
	addq	%r8, %rdi
	movl	%eax, %r8d
	andl	$3, %r8d
	movq	%rax, %r9
	shlq	$7, %r9
	movabsq	$4611686018427387392, %rcx
	andq	%rcx, %r9
	orq	%r8, %r9
	leaq	(%rsp,%r9,4), %r8
	addq	$7360, %r8
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_7:
	movl	(%rdi,%r9), %r10d
	movl	%r10d, (%r8,%r9,4)
	addq	$4, %r9
	cmpq	$512, %r9
	jl	.LBB0_7
	vxorps	%xmm1, %xmm1, %xmm1
	vmovaps	%zmm1, 704(%rsp,%rsi)
	vmovaps	%zmm1, 768(%rsp,%rsi)
	vmovaps	%zmm1, 832(%rsp,%rsi)
	vmovaps	%zmm1, 896(%rsp,%rsi)
	vmovaps	%zmm1, 960(%rsp,%rsi)
	vmovaps	%zmm1, 1024(%rsp,%rsi)
	vmovaps	%zmm1, 1088(%rsp,%rsi)
	vmovaps	%zmm1, 1152(%rsp,%rsi)
	movq	%rax, %rsi
	shlq	$6, %rsi
	vmovaps	%zmm1, 4800(%rsp,%rsi)
	movl	$-8388608, 320(%rsp,%rax,4)
	movl	$0, 640(%rsp,%rax,4)
	addl	160(%rsp), %edx
	movl	%edx, 256(%rsp,%rax,4)
	incq	%rax
	cmpq	$8, %rax
	jl	.LBB0_6
	movq	56(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 176(%rsp)
	shrq	$6, %r12
	movq	16(%rsp), %rcx
	movq	%rcx, %rax
	shlq	$13, %rax
	leaq	(%rax,%rax,4), %rax
	movq	%rax, 144(%rsp)
	leaq	1(%rcx), %rax
	cmpq	$7, %rax
	movl	$7, %ecx
	cmovgeq	%rcx, %rax
	leaq	(%rax,%rax,4), %rax
	shlq	$21, %rax
	addq	48(%rsp), %rax
	movq	%rax, 136(%rsp)
	jmp	.LBB0_10
	.p2align	4
.LBB0_38:
	movq	184(%rsp), %r12
	incq	%r12
	vmovaps	384(%rsp), %zmm0
	vbroadcastss	.LCPI0_0(%rip), %zmm3
	vbroadcastss	.LCPI0_1(%rip), %zmm5
	vbroadcastss	.LCPI0_2(%rip), %zmm10
.LBB0_10:
	cmpq	176(%rsp), %r12
	jge	.LBB0_11
	movq	%r12, 184(%rsp)
	movq	%r12, %r9
	shlq	$6, %r9
	movq	144(%rsp), %rax
	leaq	(%r9,%rax), %rsi
	shlq	$8, %rsi
	movq	48(%rsp), %rcx
	leaq	(%rcx,%rsi), %r11
	movq	128(%rsp), %rax
	leaq	(%rax,%rsi), %r12
	movq	56(%rsp), %r13
	subq	%r9, %r13
	cmpq	$64, %r13
	movl	$64, %eax
	cmovgeq	%rax, %r13
	movq	%r13, %rax
	shlq	$8, %rax
	cmpq	$17, %r13
	leaq	4096(%rcx,%rsi), %rdx
	cmovlq	%r11, %rdx
	cmpq	$33, %r13
	leaq	8192(%rcx,%rsi), %rdi
	cmovlq	%r11, %rdi
	cmpq	$49, %r13
	leaq	12288(%rcx,%rsi), %rbx
	cmovlq	%r11, %rbx
	addq	$-64, %rax
	vpbroadcastd	%r9d, %zmm1
	vmovdqa64	.LCPI0_14(%rip), %zmm2
	vpord	%zmm2, %zmm1, %zmm19
	leal	16(%r9), %esi
	vpbroadcastd	%esi, %zmm1
	vpord	%zmm2, %zmm1, %zmm20
	leal	32(%r9), %esi
	vpbroadcastd	%esi, %zmm1
	vpord	%zmm2, %zmm1, %zmm21
	leal	48(%r9), %esi
	vpbroadcastd	%esi, %zmm1
	vpord	%zmm2, %zmm1, %zmm22
	xorl	%r15d, %r15d
	.p2align	4
.LBB0_27:
	movq	%r15, %rsi
	shlq	$11, %rsi
	addq	%rsp, %rsi
	addq	$7360, %rsi
	movq	%r15, %r8
	shlq	$7, %r8
	vxorps	%xmm18, %xmm18, %xmm18
	xorl	%ecx, %ecx
	vxorps	%xmm23, %xmm23, %xmm23
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm16, %xmm16, %xmm16
	vxorps	%xmm15, %xmm15, %xmm15
	vxorps	%xmm14, %xmm14, %xmm14
	vxorps	%xmm13, %xmm13, %xmm13
	vxorps	%xmm12, %xmm12, %xmm12
	vxorps	%xmm11, %xmm11, %xmm11
	vxorps	%xmm9, %xmm9, %xmm9
	vxorps	%xmm8, %xmm8, %xmm8
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm4, %xmm4, %xmm4
	vpxor	%xmm2, %xmm2, %xmm2
	vpxor	%xmm1, %xmm1, %xmm1
	.p2align	4
.LBB0_28:
	leaq	(%r8,%rcx), %r10
	shlq	$6, %r10
	cmpq	%rax, %r10
	cmovgeq	%rax, %r10
	movq	%rcx, %r14
	shlq	$5, %r14
	vcvtph2ps	(%r11,%r14), %zmm24
	vcvtph2ps	(%rdx,%r14), %zmm25
	vcvtph2ps	(%rdi,%r14), %zmm26
	prefetcht0	(%r12,%r10)
	vcvtph2ps	(%rbx,%r14), %zmm27
	movq	%rcx, %r10
	shlq	$4, %r10
	vbroadcastss	(%rsi,%r10), %zmm28
	vfmadd231ps	%zmm28, %zmm24, %zmm18
	vfmadd231ps	%zmm28, %zmm25, %zmm23
	vfmadd231ps	%zmm28, %zmm26, %zmm17
	vfmadd231ps	%zmm28, %zmm27, %zmm16
	vbroadcastss	4(%rsi,%r10), %zmm28
	vfmadd231ps	%zmm28, %zmm24, %zmm15
	vfmadd231ps	%zmm28, %zmm25, %zmm14
	vfmadd231ps	%zmm28, %zmm26, %zmm13
	vfmadd231ps	%zmm28, %zmm27, %zmm12
	vbroadcastss	8(%rsi,%r10), %zmm28
	vfmadd231ps	%zmm28, %zmm24, %zmm11
	vfmadd231ps	%zmm28, %zmm25, %zmm9
	vfmadd231ps	%zmm28, %zmm26, %zmm8
	vfmadd231ps	%zmm28, %zmm27, %zmm7
	vbroadcastss	12(%rsi,%r10), %zmm28
	vfmadd231ps	%zmm24, %zmm28, %zmm6
	vfmadd231ps	%zmm25, %zmm28, %zmm4
	vfmadd231ps	%zmm26, %zmm28, %zmm2
	vfmadd231ps	%zmm28, %zmm27, %zmm1
	incq	%rcx
	cmpq	$128, %rcx
	jl	.LBB0_28
	leaq	(,%r15,4), %rsi
	movq	%r15, %rcx
	shlq	$10, %rcx
	movq	%r15, %r8
	shlq	$4, %r8
	vpbroadcastd	256(%rsp,%r8), %zmm24
	vpcmpled	%zmm24, %zmm19, %k1
	vmovaps	%zmm3, %zmm25
	vmulps	%zmm0, %zmm18, %zmm25 {%k1}
	vmovaps	%zmm25, 5312(%rsp,%rcx)
	vpcmpled	%zmm24, %zmm20, %k1
	vmovaps	%zmm3, %zmm18
	vmulps	%zmm0, %zmm23, %zmm18 {%k1}
	vmovaps	%zmm18, 5376(%rsp,%rcx)
	vpcmpled	%zmm24, %zmm21, %k1
	vmovaps	%zmm3, %zmm18
	vmulps	%zmm0, %zmm17, %zmm18 {%k1}
	vmovaps	%zmm18, 5440(%rsp,%rcx)
	vpcmpled	%zmm24, %zmm22, %k1
	vmovaps	%zmm3, %zmm17
	vmulps	%zmm0, %zmm16, %zmm17 {%k1}
	vmovaps	%zmm17, 5504(%rsp,%rcx)
	leaq	1(,%r15,4), %rcx
	shlq	$8, %rcx
	vpbroadcastd	260(%rsp,%rsi,4), %zmm16
	vpcmpled	%zmm16, %zmm19, %k1
	vmovaps	%zmm3, %zmm17
	vmulps	%zmm0, %zmm15, %zmm17 {%k1}
	vmovaps	%zmm17, 5312(%rsp,%rcx)
	vpcmpled	%zmm16, %zmm20, %k1
	vmovaps	%zmm3, %zmm15
	vmulps	%zmm0, %zmm14, %zmm15 {%k1}
	vmovaps	%zmm15, 5376(%rsp,%rcx)
	vpcmpled	%zmm16, %zmm21, %k1
	vmovaps	%zmm3, %zmm14
	vmulps	%zmm0, %zmm13, %zmm14 {%k1}
	vmovaps	%zmm14, 5440(%rsp,%rcx)
	vpcmpled	%zmm16, %zmm22, %k1
	vmovaps	%zmm3, %zmm13
	vmulps	%zmm0, %zmm12, %zmm13 {%k1}
	vmovaps	%zmm13, 5504(%rsp,%rcx)
	leaq	2(,%r15,4), %rcx
	shlq	$8, %rcx
	vpbroadcastd	264(%rsp,%rsi,4), %zmm12
	vpcmpled	%zmm12, %zmm19, %k1
	vmovaps	%zmm3, %zmm13
	vmulps	%zmm0, %zmm11, %zmm13 {%k1}
	vmovaps	%zmm13, 5312(%rsp,%rcx)
	vpcmpled	%zmm12, %zmm20, %k1
	vmovaps	%zmm3, %zmm11
	vmulps	%zmm0, %zmm9, %zmm11 {%k1}
	vmovaps	%zmm11, 5376(%rsp,%rcx)
	vpcmpled	%zmm12, %zmm21, %k1
	vmovaps	%zmm3, %zmm9
	vmulps	%zmm0, %zmm8, %zmm9 {%k1}
	vmovaps	%zmm9, 5440(%rsp,%rcx)
	vpcmpled	%zmm12, %zmm22, %k1
	vmovaps	%zmm3, %zmm8
	vmulps	%zmm0, %zmm7, %zmm8 {%k1}
	vmovaps	%zmm8, 5504(%rsp,%rcx)
	leaq	3(,%r15,4), %rcx
	shlq	$8, %rcx
	vpbroadcastd	268(%rsp,%rsi,4), %zmm7
	vpcmpled	%zmm7, %zmm19, %k1
	vmovaps	%zmm3, %zmm8
	vmulps	%zmm0, %zmm6, %zmm8 {%k1}
	vmovaps	%zmm8, 5312(%rsp,%rcx)
	vpcmpled	%zmm7, %zmm20, %k1
	vmovaps	%zmm3, %zmm6
	vmulps	%zmm0, %zmm4, %zmm6 {%k1}
	vmovaps	%zmm6, 5376(%rsp,%rcx)
	vpcmpled	%zmm7, %zmm21, %k1
	vmovaps	%zmm3, %zmm4
	vmulps	%zmm0, %zmm2, %zmm4 {%k1}
	vmovaps	%zmm4, 5440(%rsp,%rcx)
	vpcmpled	%zmm7, %zmm22, %k1
	vmovaps	%zmm3, %zmm2
	vmulps	%zmm0, %zmm1, %zmm2 {%k1}
	vmovaps	%zmm2, 5504(%rsp,%rcx)
	incq	%r15
	cmpq	$2, %r15
	jl	.LBB0_27
	xorl	%eax, %eax
	vmovss	.LCPI0_0(%rip), %xmm0
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_7(%rip), %zmm14
	vbroadcastss	.LCPI0_8(%rip), %zmm15
	vbroadcastss	.LCPI0_9(%rip), %zmm16
	vbroadcastss	.LCPI0_10(%rip), %zmm17
	vbroadcastss	.LCPI0_11(%rip), %zmm18
	vbroadcastss	.LCPI0_12(%rip), %zmm19
	vbroadcastss	.LCPI0_13(%rip), %zmm20
	vpxord	%xmm21, %xmm21, %xmm21
	.p2align	4
.LBB0_31:
	movq	%rax, %rdi
	shlq	$8, %rdi
	movq	%rax, %rdx
	vmovss	320(%rsp,%rax,4), %xmm2
	vmovaps	5312(%rsp,%rdi), %zmm7
	vmovaps	5376(%rsp,%rdi), %zmm8
	vmovaps	5440(%rsp,%rdi), %zmm6
	vmovaps	5504(%rsp,%rdi), %zmm1
	vmaxps	%zmm8, %zmm7, %zmm4
	vmaxps	%zmm6, %zmm4, %zmm4
	vmaxps	%zmm1, %zmm4, %zmm4
	vextractf64x4	$1, %zmm4, %ymm9
	vmaxps	%ymm9, %ymm4, %ymm4
	vextractf128	$1, %ymm4, %xmm9
	vmaxps	%xmm9, %xmm4, %xmm4
	vshufpd	$1, %xmm4, %xmm4, %xmm9
	vmaxps	%xmm9, %xmm4, %xmm4
	vmovshdup	%xmm4, %xmm9
	vmaxss	%xmm9, %xmm4, %xmm4
	vmaxss	%xmm4, %xmm2, %xmm9
	vmovss	%xmm9, 320(%rsp,%rax,4)
	vcmpless	%xmm0, %xmm9, %k1
	vmovss	%xmm21, %xmm9, %xmm9 {%k1}
	vbroadcastss	%xmm9, %zmm4
	vsubss	%xmm9, %xmm2, %xmm2
	vbroadcastss	%xmm2, %zmm2
	vmovaps	%zmm10, %zmm9
	vfmadd213ps	%zmm5, %zmm2, %zmm9
	vsubps	%zmm5, %zmm9, %zmm11
	vmovaps	%zmm3, %zmm12
	vfmadd213ps	%zmm2, %zmm11, %zmm12
	vfmadd231ps	%zmm11, %zmm29, %zmm12
	vmulps	%zmm12, %zmm12, %zmm11
	vmovaps	%zmm31, %zmm13
	vfmadd213ps	%zmm30, %zmm12, %zmm13
	vfmadd213ps	%zmm14, %zmm12, %zmm13
	vfmadd213ps	%zmm15, %zmm12, %zmm13
	vfmadd213ps	%zmm16, %zmm12, %zmm13
	vfmadd213ps	%zmm12, %zmm11, %zmm13
	vaddps	%zmm17, %zmm13, %zmm11
	vpslld	$23, %zmm9, %zmm9
	vpaddd	%zmm9, %zmm11, %zmm9
	vcmpnltps	%zmm18, %zmm2, %k1
	vcmpltps	%zmm2, %zmm19, %k2
	vmovaps	%zmm9, %zmm2 {%k1} {z}
	vmovaps	%zmm20, %zmm2 {%k2}
	vmovss	%xmm2, 192(%rsp,%rax,4)
	vsubps	%zmm4, %zmm7, %zmm7
	vmovaps	%zmm10, %zmm9
	vfmadd213ps	%zmm5, %zmm7, %zmm9
	vsubps	%zmm5, %zmm9, %zmm11
	vmovaps	%zmm3, %zmm12
	vfmadd213ps	%zmm7, %zmm11, %zmm12
	vfmadd231ps	%zmm11, %zmm29, %zmm12
	vmulps	%zmm12, %zmm12, %zmm11
	vmovaps	%zmm31, %zmm13
	vfmadd213ps	%zmm30, %zmm12, %zmm13
	vfmadd213ps	%zmm14, %zmm12, %zmm13
	vfmadd213ps	%zmm15, %zmm12, %zmm13
	vfmadd213ps	%zmm16, %zmm12, %zmm13
	vfmadd213ps	%zmm12, %zmm11, %zmm13
	vaddps	%zmm17, %zmm13, %zmm11
	vpslld	$23, %zmm9, %zmm9
	vpaddd	%zmm9, %zmm11, %zmm9
	vcmpnltps	%zmm18, %zmm7, %k1
	vcmpltps	%zmm7, %zmm19, %k2
	vmovaps	%zmm9, %zmm7 {%k1} {z}
	vmovaps	%zmm20, %zmm7 {%k2}
	vmovaps	%zmm7, 5312(%rsp,%rdi)
	vsubps	%zmm4, %zmm8, %zmm8
	vmovaps	%zmm10, %zmm9
	vfmadd213ps	%zmm5, %zmm8, %zmm9
	vsubps	%zmm5, %zmm9, %zmm11
	vmovaps	%zmm3, %zmm12
	vfmadd213ps	%zmm8, %zmm11, %zmm12
	vfmadd231ps	%zmm11, %zmm29, %zmm12
	vmulps	%zmm12, %zmm12, %zmm11
	vmovaps	%zmm31, %zmm13
	vfmadd213ps	%zmm30, %zmm12, %zmm13
	vfmadd213ps	%zmm14, %zmm12, %zmm13
	vfmadd213ps	%zmm15, %zmm12, %zmm13
	vfmadd213ps	%zmm16, %zmm12, %zmm13
	vfmadd213ps	%zmm12, %zmm11, %zmm13
	vaddps	%zmm17, %zmm13, %zmm11
	vpslld	$23, %zmm9, %zmm9
	vpaddd	%zmm9, %zmm11, %zmm9
	vcmpnltps	%zmm18, %zmm8, %k1
	vcmpltps	%zmm8, %zmm19, %k2
	vmovaps	%zmm9, %zmm8 {%k1} {z}
	vmovaps	%zmm20, %zmm8 {%k2}
	vmovaps	%zmm8, 5376(%rsp,%rdi)
	vsubps	%zmm4, %zmm6, %zmm6
	vmovaps	%zmm10, %zmm9
	vfmadd213ps	%zmm5, %zmm6, %zmm9
	vsubps	%zmm5, %zmm9, %zmm11
	vmovaps	%zmm3, %zmm12
	vfmadd213ps	%zmm6, %zmm11, %zmm12
	vfmadd231ps	%zmm11, %zmm29, %zmm12
	vmulps	%zmm12, %zmm12, %zmm11
	vmovaps	%zmm31, %zmm13
	vfmadd213ps	%zmm30, %zmm12, %zmm13
	vfmadd213ps	%zmm14, %zmm12, %zmm13
	vfmadd213ps	%zmm15, %zmm12, %zmm13
	vfmadd213ps	%zmm16, %zmm12, %zmm13
	vfmadd213ps	%zmm12, %zmm11, %zmm13
	vaddps	%zmm17, %zmm13, %zmm11
	vpslld	$23, %zmm9, %zmm9
	vpaddd	%zmm9, %zmm11, %zmm9
	vcmpnltps	%zmm18, %zmm6, %k1
	vcmpltps	%zmm6, %zmm19, %k2
	vmovaps	%zmm9, %zmm6 {%k1} {z}
	vmovaps	%zmm20, %zmm6 {%k2}
	vmovaps	%zmm6, 5440(%rsp,%rdi)
	shlq	$6, %rdx
	vsubps	%zmm4, %zmm1, %zmm1
	vmovaps	%zmm10, %zmm4
	vfmadd213ps	%zmm5, %zmm1, %zmm4
	vsubps	%zmm5, %zmm4, %zmm9
	vmovaps	%zmm3, %zmm11
	vfmadd213ps	%zmm1, %zmm9, %zmm11
	vfmadd231ps	%zmm9, %zmm29, %zmm11
	vmulps	%zmm11, %zmm11, %zmm9
	vmovaps	%zmm31, %zmm12
	vfmadd213ps	%zmm30, %zmm11, %zmm12
	vfmadd213ps	%zmm14, %zmm11, %zmm12
	vfmadd213ps	%zmm15, %zmm11, %zmm12
	vfmadd213ps	%zmm16, %zmm11, %zmm12
	vfmadd213ps	%zmm11, %zmm9, %zmm12
	vaddps	%zmm17, %zmm12, %zmm9
	vpslld	$23, %zmm4, %zmm4
	vpaddd	%zmm4, %zmm9, %zmm4
	vcmpnltps	%zmm18, %zmm1, %k1
	vcmpltps	%zmm1, %zmm19, %k2
	vmovaps	%zmm4, %zmm1 {%k1} {z}
	vmovaps	%zmm20, %zmm1 {%k2}
	vmovaps	%zmm1, 5504(%rsp,%rdi)
	vaddps	%zmm8, %zmm7, %zmm4
	vaddps	%zmm1, %zmm6, %zmm1
	vaddps	%zmm1, %zmm4, %zmm1
	vfmadd231ps	4800(%rsp,%rdx), %zmm2, %zmm1
	vmovaps	%zmm1, 4800(%rsp,%rdx)
	incq	%rax
	cmpq	$8, %rax
	jl	.LBB0_31
	addq	$64, %r9
	addq	$16384, %r11
	cmpq	40(%rsp), %r9
	cmovgeq	136(%rsp), %r11
	xorl	%eax, %eax
	movq	120(%rsp), %r14
	movq	16(%rsp), %rcx
	leaq	(%rcx,%rcx), %r15
	jmp	.LBB0_33
	.p2align	4
.LBB0_37:
	vmovaps	%zmm1, 1088(%rsp,%r9)
	vmovaps	%zmm2, 1152(%rsp,%r9)
	vmovaps	%zmm4, 1600(%rsp,%r9)
	vmovaps	%zmm6, 1664(%rsp,%r9)
	vmovaps	%zmm7, 2112(%rsp,%r9)
	vmovaps	%zmm8, 2176(%rsp,%r9)
	vmovaps	%zmm9, 2624(%rsp,%r9)
	vmovaps	%zmm11, 2688(%rsp,%r9)
	incq	%rax
	cmpq	$2, %rax
	jge	.LBB0_38
.LBB0_33:
	movq	%rax, %r9
	shlq	$11, %r9
	movq	%rax, %rcx
	shlq	$10, %rcx
	leaq	(%rsp,%rcx), %rdx
	addq	$5312, %rdx
	movq	%rax, %rcx
	shlq	$4, %rcx
	vbroadcastss	192(%rsp,%rcx), %zmm0
	vmulps	704(%rsp,%r9), %zmm0, %zmm23
	vmulps	768(%rsp,%r9), %zmm0, %zmm24
	vmulps	832(%rsp,%r9), %zmm0, %zmm25
	vmulps	896(%rsp,%r9), %zmm0, %zmm26
	vmulps	960(%rsp,%r9), %zmm0, %zmm27
	vmovaps	%zmm0, 576(%rsp)
	vmulps	1024(%rsp,%r9), %zmm0, %zmm28
	vbroadcastss	196(%rsp,%rcx), %zmm0
	vmulps	1216(%rsp,%r9), %zmm0, %zmm29
	vmulps	1280(%rsp,%r9), %zmm0, %zmm30
	vmulps	1344(%rsp,%r9), %zmm0, %zmm31
	vmulps	1408(%rsp,%r9), %zmm0, %zmm2
	vmulps	1472(%rsp,%r9), %zmm0, %zmm1
	vmovaps	%zmm0, 512(%rsp)
	vmulps	1536(%rsp,%r9), %zmm0, %zmm18
	vbroadcastss	200(%rsp,%rcx), %zmm0
	vmulps	1728(%rsp,%r9), %zmm0, %zmm4
	vmulps	1792(%rsp,%r9), %zmm0, %zmm17
	vmulps	1856(%rsp,%r9), %zmm0, %zmm8
	vmulps	1920(%rsp,%r9), %zmm0, %zmm9
	vmulps	1984(%rsp,%r9), %zmm0, %zmm11
	vmovaps	%zmm0, 448(%rsp)
	vmulps	2048(%rsp,%r9), %zmm0, %zmm12
	vbroadcastss	204(%rsp,%rcx), %zmm22
	vmulps	2240(%rsp,%r9), %zmm22, %zmm13
	vmulps	2304(%rsp,%r9), %zmm22, %zmm14
	vmulps	2368(%rsp,%r9), %zmm22, %zmm15
	vmulps	2432(%rsp,%r9), %zmm22, %zmm16
	vmulps	2496(%rsp,%r9), %zmm22, %zmm6
	vmulps	2560(%rsp,%r9), %zmm22, %zmm7
	movq	%rax, %rdi
	shlq	$6, %rdi
	xorl	%r8d, %r8d
	cmpq	%r13, %r8
	jge	.LBB0_35
	.p2align	4
.LBB0_47:
	movq	%r8, %rcx
	shlq	$8, %rcx
	vcvtph2ps	(%r12,%rcx), %zmm10
	vcvtph2ps	32(%r12,%rcx), %zmm5
	vcvtph2ps	64(%r12,%rcx), %zmm3
	vcvtph2ps	96(%r12,%rcx), %zmm0
	vcvtph2ps	128(%r12,%rcx), %zmm19
	vcvtph2ps	160(%r12,%rcx), %zmm20
	leaq	(%rdi,%r8), %rcx
	shlq	$7, %rcx
	prefetcht0	(%r11,%rcx)
	vbroadcastss	(%rdx,%r8,4), %zmm21
	vfmadd231ps	%zmm21, %zmm10, %zmm23
	vfmadd231ps	%zmm21, %zmm5, %zmm24
	vfmadd231ps	%zmm21, %zmm3, %zmm25
	vfmadd231ps	%zmm21, %zmm0, %zmm26
	vfmadd231ps	%zmm21, %zmm19, %zmm27
	vfmadd231ps	%zmm21, %zmm20, %zmm28
	vbroadcastss	256(%rdx,%r8,4), %zmm21
	prefetcht0	64(%r11,%rcx)
	vfmadd231ps	%zmm21, %zmm10, %zmm29
	vfmadd231ps	%zmm21, %zmm5, %zmm30
	vfmadd231ps	%zmm21, %zmm3, %zmm31
	vfmadd231ps	%zmm21, %zmm0, %zmm2
	vfmadd231ps	%zmm21, %zmm19, %zmm1
	vfmadd231ps	%zmm21, %zmm20, %zmm18
	vbroadcastss	512(%rdx,%r8,4), %zmm21
	vfmadd231ps	%zmm21, %zmm10, %zmm4
	vfmadd231ps	%zmm21, %zmm5, %zmm17
	vfmadd231ps	%zmm21, %zmm3, %zmm8
	vfmadd231ps	%zmm21, %zmm0, %zmm9
	vfmadd231ps	%zmm21, %zmm19, %zmm11
	vfmadd231ps	%zmm21, %zmm20, %zmm12
	vbroadcastss	768(%rdx,%r8,4), %zmm21
	vfmadd231ps	%zmm10, %zmm21, %zmm13
	vfmadd231ps	%zmm5, %zmm21, %zmm14
	vfmadd231ps	%zmm3, %zmm21, %zmm15
	vfmadd231ps	%zmm0, %zmm21, %zmm16
	vfmadd231ps	%zmm19, %zmm21, %zmm6
	vfmadd231ps	%zmm21, %zmm20, %zmm7
	incq	%r8
	cmpq	%r13, %r8
	jl	.LBB0_47
.LBB0_35:
	vmovaps	%zmm23, 704(%rsp,%r9)
	vmovaps	%zmm24, 768(%rsp,%r9)
	vmovaps	%zmm25, 832(%rsp,%r9)
	vmovaps	%zmm26, 896(%rsp,%r9)
	vmovaps	%zmm27, 960(%rsp,%r9)
	vmovaps	%zmm28, 1024(%rsp,%r9)
	vmovaps	%zmm29, 1216(%rsp,%r9)
	vmovaps	%zmm30, 1280(%rsp,%r9)
	vmovaps	%zmm31, 1344(%rsp,%r9)
	vmovaps	%zmm2, 1408(%rsp,%r9)
	vmovaps	%zmm1, 1472(%rsp,%r9)
	vmovaps	%zmm18, 1536(%rsp,%r9)
	vmovaps	%zmm4, 1728(%rsp,%r9)
	vmovaps	%zmm17, 1792(%rsp,%r9)
	vmovaps	%zmm8, 1856(%rsp,%r9)
	vmovaps	%zmm9, 1920(%rsp,%r9)
	vmovaps	%zmm11, 1984(%rsp,%r9)
	vmovaps	%zmm12, 2048(%rsp,%r9)
	vmovaps	%zmm13, 2240(%rsp,%r9)
	vmovaps	%zmm14, 2304(%rsp,%r9)
	vmovaps	%zmm15, 2368(%rsp,%r9)
	vmovaps	%zmm16, 2432(%rsp,%r9)
	vmovaps	%zmm6, 2496(%rsp,%r9)
	vmovaps	%zmm7, 2560(%rsp,%r9)
	vmovaps	576(%rsp), %zmm0
	vmulps	1088(%rsp,%r9), %zmm0, %zmm1
	vmulps	1152(%rsp,%r9), %zmm0, %zmm2
	vmovaps	512(%rsp), %zmm0
	vmulps	1600(%rsp,%r9), %zmm0, %zmm4
	vmulps	1664(%rsp,%r9), %zmm0, %zmm6
	vmovaps	448(%rsp), %zmm0
	vmulps	2112(%rsp,%r9), %zmm0, %zmm7
	vmulps	2176(%rsp,%r9), %zmm0, %zmm8
	vmulps	2624(%rsp,%r9), %zmm22, %zmm9
	vmulps	2688(%rsp,%r9), %zmm22, %zmm11
	xorl	%esi, %esi
	vbroadcastss	.LCPI0_4(%rip), %zmm29
	vbroadcastss	.LCPI0_6(%rip), %zmm30
	vbroadcastss	.LCPI0_5(%rip), %zmm31
	vbroadcastss	.LCPI0_7(%rip), %zmm14
	vbroadcastss	.LCPI0_8(%rip), %zmm15
	vbroadcastss	.LCPI0_9(%rip), %zmm16
	vbroadcastss	.LCPI0_10(%rip), %zmm17
	vbroadcastss	.LCPI0_11(%rip), %zmm18
	vbroadcastss	.LCPI0_12(%rip), %zmm19
	cmpq	%r13, %rsi
	jge	.LBB0_37
	.p2align	4
.LBB0_39:
	movq	%rsi, %rcx
	shlq	$8, %rcx
	vcvtph2ps	192(%r12,%rcx), %zmm0
	vcvtph2ps	224(%r12,%rcx), %zmm3
	vbroadcastss	(%rdx,%rsi,4), %zmm5
	vfmadd231ps	%zmm5, %zmm0, %zmm1
	vbroadcastss	256(%rdx,%rsi,4), %zmm10
	vfmadd231ps	%zmm5, %zmm3, %zmm2
	vfmadd231ps	%zmm10, %zmm0, %zmm4
	vfmadd231ps	%zmm10, %zmm3, %zmm6
	vbroadcastss	512(%rdx,%rsi,4), %zmm5
	vfmadd231ps	%zmm5, %zmm0, %zmm7
	vfmadd231ps	%zmm5, %zmm3, %zmm8
	vbroadcastss	768(%rdx,%rsi,4), %zmm5
	vfmadd231ps	%zmm0, %zmm5, %zmm9
	vfmadd231ps	%zmm5, %zmm3, %zmm11
	incq	%rsi
	cmpq	%r13, %rsi
	jl	.LBB0_39
	jmp	.LBB0_37
	.p2align	4
.LBB0_11:
	cmpq	$1, %r14
	movq	96(%rsp), %r9
	movq	88(%rsp), %r11
	movq	80(%rsp), %r8
	movq	72(%rsp), %rbx
	movq	24(%rsp), %rdi
	jne	.LBB0_16
	xorl	%eax, %eax
	jmp	.LBB0_13
	.p2align	4
.LBB0_15:
	incq	%rax
	cmpq	$8, %rax
	jge	.LBB0_16
.LBB0_13:
	movq	%rax, %rdx
	shrq	%rdx
	cmpq	%rbx, %rdx
	jge	.LBB0_15
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	4800(%rsp,%rcx), %ymm0
	vaddps	4832(%rsp,%rcx), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	movq	%rax, %rsi
	shlq	$9, %rsi
	shlq	$13, %rdx
	addq	%r11, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	704(%rsp,%rsi), %zmm1
	vbroadcastss	%xmm0, %zmm0
	vdivps	%zmm0, %zmm1, %zmm1
	addq	%r15, %rdi
	shlq	$9, %rdi
	vmovups	%zmm1, (%rdi,%rdx)
	vmovaps	768(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 64(%rdi,%rdx)
	vmovaps	832(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 128(%rdi,%rdx)
	vmovaps	896(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 192(%rdi,%rdx)
	vmovaps	960(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 256(%rdi,%rdx)
	vmovaps	1024(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 320(%rdi,%rdx)
	vmovaps	1088(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 384(%rdi,%rdx)
	vmovaps	1152(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm0
	vmovups	%zmm0, 448(%rdi,%rdx)
	movq	24(%rsp), %rdi
	vmovaps	384(%rsp), %zmm0
	jmp	.LBB0_15
	.p2align	4
.LBB0_16:
	cmpq	$1, %r14
	je	.LBB0_4
	xorl	%eax, %eax
	cmpq	32(%rsp), %rax
	jge	.LBB0_19
	.p2align	4
.LBB0_48:
	movl	%eax, %ecx
	andl	$1, %ecx
	addq	%r15, %rcx
	movq	%rax, %rdx
	movabsq	$562949953421310, %rsi
	andq	%rsi, %rdx
	leaq	(%rcx,%rdx,8), %rcx
	shlq	$6, %rcx
	addq	%rdi, %rcx
	leaq	(%rcx,%rcx,8), %rdx
	shlq	$6, %rdx
	movq	%rax, %rcx
	movq	%rax, %rsi
	shlq	$6, %rsi
	vmovaps	4800(%rsp,%rsi), %ymm0
	shlq	$9, %rcx
	vaddps	4832(%rsp,%rsi), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vmovaps	704(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, (%r8,%rdx)
	vmovaps	768(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 64(%r8,%rdx)
	vmovaps	832(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 128(%r8,%rdx)
	vmovaps	896(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 192(%r8,%rdx)
	vmovaps	960(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 256(%r8,%rdx)
	vmovaps	1024(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 320(%r8,%rdx)
	vmovaps	1088(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 384(%r8,%rdx)
	vmovaps	1152(%rsp,%rcx), %zmm2
	vmovaps	%zmm2, 448(%r8,%rdx)
	vmovss	320(%rsp,%rax,4), %xmm2
	vaddss	%xmm1, %xmm0, %xmm0
	vmovss	%xmm2, 512(%r8,%rdx)
	vmovss	%xmm0, 516(%r8,%rdx)
	vmovaps	384(%rsp), %zmm0
	incq	%rax
	cmpq	32(%rsp), %rax
	jl	.LBB0_48
.LBB0_19:
	movq	16(%rsp), %rdx
	shlq	$6, %rdx
	movl	$1, %eax
	movq	64(%rsp), %rcx
	lock		xaddl	%eax, (%rcx,%rdx)
	incq	%rax
	cmpq	%r14, %rax
	jne	.LBB0_4
	xorl	%eax, %eax
	jmp	.LBB0_21
	.p2align	4
.LBB0_44:
	movq	%rax, %rcx
	shlq	$9, %rcx
	vmovaps	%zmm4, 704(%rsp,%rcx)
	vmovaps	%zmm6, 768(%rsp,%rcx)
	vmovaps	%zmm7, 832(%rsp,%rcx)
	vmovaps	%zmm8, 896(%rsp,%rcx)
	vmovaps	%zmm9, 960(%rsp,%rcx)
	vmovaps	%zmm11, 1024(%rsp,%rcx)
	vmovaps	%zmm12, 1088(%rsp,%rcx)
	vmovaps	%zmm13, 1152(%rsp,%rcx)
	vxorps	%xmm0, %xmm0, %xmm0
	vblendps	$1, %xmm2, %xmm0, %xmm0
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	%zmm0, 4800(%rsp,%rcx)
	incq	%rax
	vmovaps	384(%rsp), %zmm0
.LBB0_21:
	cmpq	32(%rsp), %rax
	jge	.LBB0_22
	movl	%eax, %ecx
	andl	$1, %ecx
	addq	%r15, %rcx
	movq	%rax, %rdx
	movabsq	$562949953421310, %rsi
	andq	%rsi, %rdx
	leaq	(%rcx,%rdx,8), %rcx
	leaq	(%rcx,%rcx,8), %rdx
	shlq	$12, %rdx
	addq	%r8, %rdx
	xorl	%esi, %esi
	vmovss	.LCPI0_0(%rip), %xmm1
	cmpq	%r14, %rsi
	jge	.LBB0_42
	.p2align	4
.LBB0_49:
	leaq	(%rsi,%rsi,8), %rcx
	shlq	$6, %rcx
	vmaxss	512(%rdx,%rcx), %xmm1, %xmm1
	incq	%rsi
	cmpq	%r14, %rsi
	jl	.LBB0_49
.LBB0_42:
	vxorps	%xmm2, %xmm2, %xmm2
	xorl	%esi, %esi
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	vxorps	%xmm9, %xmm9, %xmm9
	vxorps	%xmm11, %xmm11, %xmm11
	vxorps	%xmm12, %xmm12, %xmm12
	vxorps	%xmm13, %xmm13, %xmm13
	cmpq	%r14, %rsi
	jge	.LBB0_44
	.p2align	4
.LBB0_45:
	leaq	(%rsi,%rsi,8), %rdi
	shlq	$6, %rdi
	vmovss	512(%rdx,%rdi), %xmm0
	vsubss	%xmm1, %xmm0, %xmm0
	vbroadcastss	%xmm0, %zmm0
	vmovaps	%zmm5, %zmm3
	vfmadd231ps	%zmm10, %zmm0, %zmm3
	vsubps	.LCPI0_1(%rip){1to16}, %zmm3, %zmm5
	vcmpnltps	%zmm18, %zmm0, %k2
	vcmpgtps	%zmm19, %zmm0, %k1
	vfmadd231ps	.LCPI0_3(%rip){1to16}, %zmm5, %zmm0
	vfmadd231ps	%zmm29, %zmm5, %zmm0
	vmulps	%zmm0, %zmm0, %zmm5
	vmovaps	%zmm31, %zmm10
	vfmadd213ps	%zmm30, %zmm0, %zmm10
	vfmadd213ps	%zmm14, %zmm0, %zmm10
	vfmadd213ps	%zmm15, %zmm0, %zmm10
	vfmadd213ps	%zmm16, %zmm0, %zmm10
	vfmadd213ps	%zmm0, %zmm5, %zmm10
	vbroadcastss	.LCPI0_1(%rip), %zmm5
	vaddps	%zmm17, %zmm10, %zmm0
	vbroadcastss	.LCPI0_2(%rip), %zmm10
	vpslld	$23, %zmm3, %zmm3
	vpaddd	%zmm3, %zmm0, %zmm0
	vbroadcastss	.LCPI0_0(%rip), %zmm3
	vmovaps	%zmm0, %zmm0 {%k2} {z}
	vbroadcastss	.LCPI0_13(%rip), %zmm0 {%k1}
	vfmadd231ps	(%rdx,%rdi), %zmm0, %zmm4
	vfmadd231ps	64(%rdx,%rdi), %zmm0, %zmm6
	vfmadd231ps	128(%rdx,%rdi), %zmm0, %zmm7
	vfmadd231ps	192(%rdx,%rdi), %zmm0, %zmm8
	vfmadd231ps	256(%rdx,%rdi), %zmm0, %zmm9
	vfmadd231ps	320(%rdx,%rdi), %zmm0, %zmm11
	vfmadd231ps	384(%rdx,%rdi), %zmm0, %zmm12
	vfmadd231ps	448(%rdx,%rdi), %zmm0, %zmm13
	vfmadd231ps	516(%rdx,%rdi){1to16}, %zmm0, %zmm2
	incq	%rsi
	cmpq	%r14, %rsi
	jl	.LBB0_45
	jmp	.LBB0_44
.LBB0_22:
	xorl	%eax, %eax
	jmp	.LBB0_23
	.p2align	4
.LBB0_25:
	incq	%rax
	cmpq	$8, %rax
	jge	.LBB0_4
.LBB0_23:
	movq	%rax, %rdx
	shrq	%rdx
	cmpq	%rbx, %rdx
	jge	.LBB0_25
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	4800(%rsp,%rcx), %ymm0
	vaddps	4832(%rsp,%rcx), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	movq	%rax, %rsi
	shlq	$9, %rsi
	shlq	$13, %rdx
	addq	%r11, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	704(%rsp,%rsi), %zmm1
	vbroadcastss	%xmm0, %zmm0
	vdivps	%zmm0, %zmm1, %zmm1
	addq	%r15, %rdi
	shlq	$9, %rdi
	vmovups	%zmm1, (%rdi,%rdx)
	vmovaps	768(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 64(%rdi,%rdx)
	vmovaps	832(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 128(%rdi,%rdx)
	vmovaps	896(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 192(%rdi,%rdx)
	vmovaps	960(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 256(%rdi,%rdx)
	vmovaps	1024(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 320(%rdi,%rdx)
	vmovaps	1088(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 384(%rdi,%rdx)
	vmovaps	1152(%rsp,%rsi), %zmm1
	vdivps	%zmm0, %zmm1, %zmm0
	vmovups	%zmm0, 448(%rdi,%rdx)
	vmovaps	384(%rsp), %zmm0
	jmp	.LBB0_25
.LBB0_46:
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
	.size	attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a, .Lfunc_end0-attention_f16_16x8x128_t4_c640_rows_c8a327cda8b67a0a

	.section	".note.GNU-stack","",@progbits
