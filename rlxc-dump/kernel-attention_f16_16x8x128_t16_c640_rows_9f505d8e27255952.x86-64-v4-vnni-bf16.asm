	.file	"attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952"
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
	.globl	attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952
	.p2align	4
	.type	attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952,@function
attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$49792, %rsp
	movq	%rdx, %r9
	movq	%rsi, %r10
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 160(%rsp)
	movq	24(%rax), %rsi
	movq	32(%rax), %r11
	movq	40(%rax), %rdx
	movq	%rdx, 16(%rsp)
	movq	48(%rax), %rdx
	movq	%rdx, 56(%rsp)
	movq	16(%rcx), %rbx
	movq	(%rsi), %rdx
	movq	8(%rax), %r8
	addq	%rdx, %r8
	movq	%r8, 40(%rsp)
	addq	16(%rax), %rdx
	movq	%rdx, 120(%rsp)
	movl	$639, %edx
	addq	40(%rcx), %rdx
	movl	32(%rsi), %esi
	movabsq	$-3689348814741910323, %rax
	mulxq	%rax, %rcx, %rcx
	shrq	$9, %rcx
	movq	%rcx, 104(%rsp)
	leaq	-1(%rbx), %rdx
	cmpq	$16, %rdx
	movl	$15, %ecx
	movq	%rdx, 144(%rsp)
	cmovlq	%rdx, %rcx
	leaq	640(%rsi,%rcx), %rdx
	mulxq	%rax, %r14, %r14
	vbroadcastss	20(%rdi), %zmm0
	vmovaps	%zmm0, 768(%rsp)
	movq	%rsi, 152(%rsp)
	leaq	(%rsi,%rcx), %rax
	incq	%rax
	movq	%rax, 32(%rsp)
	shrq	$9, %r14
	cmpq	$16, %rbx
	movl	$16, %eax
	cmovlq	%rbx, %rax
	addq	%rax, %rax
	movq	%rax, 24(%rsp)
	movl	$16320, %esi
	movq	%r9, 80(%rsp)
	movq	%r11, 72(%rsp)
	movq	%rbx, 64(%rsp)
	movq	%r14, 112(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	incq	%r10
.LBB0_1:
	cmpq	%r9, %r10
	jge	.LBB0_46
	movl	%r10d, %eax
	xorl	%edx, %edx
	divl	104(%rsp)
	movq	%rax, 8(%rsp)
	testq	%rbx, %rbx
	jle	.LBB0_4
	cmpq	%r14, %rdx
	jge	.LBB0_4
	movq	%r10, 88(%rsp)
	movq	%rdx, 96(%rsp)
	movq	%rdx, %rax
	shlq	$7, %rax
	leaq	(%rax,%rax,4), %r12
	leaq	(%rax,%rax,4), %rcx
	addq	$640, %rcx
	movq	32(%rsp), %rax
	cmpq	%rcx, %rax
	cmovlq	%rax, %rcx
	movq	%rcx, 48(%rsp)
	movq	8(%rsp), %rax
	leaq	(%rax,%rax), %r15
	xorl	%edx, %edx
	.p2align	4
.LBB0_6:
	movq	%rdx, %rax
	shrq	%rax
	movq	144(%rsp), %rcx
	cmpq	%rcx, %rax
	cmovgeq	%rcx, %rax
	movq	%rax, %r8
	shlq	$13, %r8
	addq	160(%rsp), %r8
	movq	%rdx, %rdi
	shlq	$9, %rdi
	movl	%edx, %ecx
	andl	$1, %ecx
	addq	%r15, %rcx
	shlq	$9, %rcx
	addq	%r8, %rcx
	movabsq	$-6148914691236517205, %r8
	mulxq	%r8, %r8, %r8
	shrq	$2, %r8
	leaq	(%r8,%r8), %r9
	leaq	(%r9,%r9,2), %r9
	movq	%rdx, %r10
	subq	%r9, %r10
	shlq	$8, %r8
	leaq	(%r8,%r8,2), %r8
	orq	%r10, %r8
	leaq	(%rsp,%r8,4), %r8
	addq	$31296, %r8
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_7:
	leaq	(%r9,%r9,2), %r10
	movl	(%rcx,%r9), %r11d
	movl	%r11d, (%r8,%r10,2)
	addq	$4, %r9
	cmpq	$512, %r9
	jl	.LBB0_7
	vxorps	%xmm0, %xmm0, %xmm0
	vmovaps	%zmm0, 12864(%rsp,%rdi)
	vmovaps	%zmm0, 12928(%rsp,%rdi)
	vmovaps	%zmm0, 12992(%rsp,%rdi)
	vmovaps	%zmm0, 13056(%rsp,%rdi)
	vmovaps	%zmm0, 13120(%rsp,%rdi)
	vmovaps	%zmm0, 13184(%rsp,%rdi)
	vmovaps	%zmm0, 13248(%rsp,%rdi)
	vmovaps	%zmm0, 13312(%rsp,%rdi)
	movq	%rdx, %rcx
	shlq	$6, %rcx
	vmovaps	%zmm0, 1344(%rsp,%rcx)
	movl	$-8388608, 960(%rsp,%rdx,4)
	movl	$0, 1152(%rsp,%rdx,4)
	addl	152(%rsp), %eax
	movl	%eax, 576(%rsp,%rdx,4)
	incq	%rdx
	cmpq	$36, %rdx
	jl	.LBB0_6
	movq	48(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 168(%rsp)
	shrq	$6, %r12
	movq	8(%rsp), %rcx
	movq	%rcx, %rax
	shlq	$13, %rax
	leaq	(%rax,%rax,4), %rax
	movq	%rax, 136(%rsp)
	leaq	1(%rcx), %rax
	cmpq	$7, %rax
	movl	$7, %ecx
	cmovgeq	%rcx, %rax
	leaq	(%rax,%rax,4), %rax
	shlq	$21, %rax
	addq	40(%rsp), %rax
	movq	%rax, 128(%rsp)
	jmp	.LBB0_10
	.p2align	4
.LBB0_38:
	movq	184(%rsp), %r12
	incq	%r12
.LBB0_10:
	cmpq	168(%rsp), %r12
	jge	.LBB0_11
	movq	%r12, 184(%rsp)
	movq	%r12, %r9
	shlq	$6, %r9
	movq	136(%rsp), %rax
	leaq	(%r9,%rax), %rcx
	shlq	$8, %rcx
	movq	40(%rsp), %r8
	leaq	(%r8,%rcx), %r11
	movq	120(%rsp), %rax
	leaq	(%rax,%rcx), %r12
	movq	48(%rsp), %rdi
	subq	%r9, %rdi
	cmpq	$64, %rdi
	movl	$64, %eax
	cmovgeq	%rax, %rdi
	movq	%rdi, %rbx
	shlq	$8, %rbx
	cmpq	$17, %rdi
	leaq	4096(%r8,%rcx), %rax
	cmovlq	%r11, %rax
	cmpq	$33, %rdi
	leaq	8192(%r8,%rcx), %rdx
	cmovlq	%r11, %rdx
	cmpq	$49, %rdi
	leaq	12288(%r8,%rcx), %r8
	cmovlq	%r11, %r8
	addq	$-64, %rbx
	vpbroadcastd	%r9d, %zmm0
	vmovdqa64	.LCPI0_14(%rip), %zmm1
	vpord	%zmm1, %zmm0, %zmm0
	vmovdqa64	%zmm0, 192(%rsp)
	leal	16(%r9), %ecx
	vpbroadcastd	%ecx, %zmm0
	vpord	%zmm1, %zmm0, %zmm0
	vmovdqa64	%zmm0, 256(%rsp)
	leal	32(%r9), %ecx
	vpbroadcastd	%ecx, %zmm0
	vpord	%zmm1, %zmm0, %zmm0
	vmovdqa64	%zmm0, 896(%rsp)
	movq	%r9, 176(%rsp)
	leal	48(%r9), %ecx
	vpbroadcastd	%ecx, %zmm0
	vpord	%zmm1, %zmm0, %zmm0
	vmovdqa64	%zmm0, 832(%rsp)
	xorl	%r10d, %r10d
	.p2align	4
.LBB0_27:
	leaq	(%r10,%r10,2), %rcx
	shlq	$10, %rcx
	leaq	(%rsp,%rcx), %r15
	addq	$31296, %r15
	movq	%r10, %r9
	shlq	$7, %r9
	vxorps	%xmm8, %xmm8, %xmm8
	xorl	%r13d, %r13d
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm16, %xmm16, %xmm16
	vxorps	%xmm15, %xmm15, %xmm15
	vxorps	%xmm14, %xmm14, %xmm14
	vxorps	%xmm13, %xmm13, %xmm13
	vxorps	%xmm12, %xmm12, %xmm12
	vxorps	%xmm10, %xmm10, %xmm10
	vxorps	%xmm9, %xmm9, %xmm9
	vxorps	%xmm18, %xmm18, %xmm18
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm3, %xmm3, %xmm3
	vpxor	%xmm1, %xmm1, %xmm1
	vxorps	%xmm31, %xmm31, %xmm31
	vxorps	%xmm30, %xmm30, %xmm30
	vxorps	%xmm29, %xmm29, %xmm29
	vxorps	%xmm28, %xmm28, %xmm28
	vxorps	%xmm27, %xmm27, %xmm27
	vxorps	%xmm26, %xmm26, %xmm26
	vxorps	%xmm25, %xmm25, %xmm25
	vxorps	%xmm24, %xmm24, %xmm24
	vxorps	%xmm23, %xmm23, %xmm23
	.p2align	4
.LBB0_28:
	leaq	(%r9,%r13), %rcx
	shlq	$6, %rcx
	cmpq	%rbx, %rcx
	cmovgeq	%rbx, %rcx
	movq	%r13, %r14
	shlq	$5, %r14
	vcvtph2ps	(%r11,%r14), %zmm0
	vcvtph2ps	(%rax,%r14), %zmm2
	vcvtph2ps	(%rdx,%r14), %zmm6
	prefetcht0	(%r12,%rcx)
	vcvtph2ps	(%r8,%r14), %zmm11
	leaq	(%r13,%r13,2), %rcx
	vbroadcastss	(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm19, %zmm0, %zmm8
	vfmadd231ps	%zmm19, %zmm2, %zmm7
	vfmadd231ps	%zmm19, %zmm6, %zmm17
	vfmadd231ps	%zmm19, %zmm11, %zmm16
	vbroadcastss	4(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm19, %zmm0, %zmm15
	vfmadd231ps	%zmm19, %zmm2, %zmm14
	vfmadd231ps	%zmm19, %zmm6, %zmm13
	vfmadd231ps	%zmm19, %zmm11, %zmm12
	vbroadcastss	8(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm19, %zmm0, %zmm10
	vfmadd231ps	%zmm19, %zmm2, %zmm9
	vfmadd231ps	%zmm19, %zmm6, %zmm18
	vfmadd231ps	%zmm19, %zmm11, %zmm4
	vbroadcastss	12(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm19, %zmm0, %zmm5
	vfmadd231ps	%zmm19, %zmm2, %zmm3
	vfmadd231ps	%zmm19, %zmm6, %zmm1
	vfmadd231ps	%zmm19, %zmm11, %zmm31
	vbroadcastss	16(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm19, %zmm0, %zmm30
	vfmadd231ps	%zmm19, %zmm2, %zmm29
	vfmadd231ps	%zmm19, %zmm6, %zmm28
	vfmadd231ps	%zmm19, %zmm11, %zmm27
	vbroadcastss	20(%r15,%rcx,8), %zmm19
	vfmadd231ps	%zmm0, %zmm19, %zmm26
	vfmadd231ps	%zmm2, %zmm19, %zmm25
	vfmadd231ps	%zmm6, %zmm19, %zmm24
	vfmadd231ps	%zmm19, %zmm11, %zmm23
	incq	%r13
	cmpq	$128, %r13
	jl	.LBB0_28
	leaq	(%r10,%r10), %r15
	leaq	(%r15,%r15,2), %r9
	vpbroadcastd	576(%rsp,%r9,4), %zmm6
	vpcmpnltd	192(%rsp), %zmm6, %k1
	vbroadcastss	.LCPI0_0(%rip), %zmm21
	vmovaps	%zmm21, %zmm11
	vbroadcastss	580(%rsp,%r9,4), %zmm0
	vmovaps	%zmm0, 320(%rsp)
	vpbroadcastd	584(%rsp,%r9,4), %zmm2
	vpbroadcastd	588(%rsp,%r9,4), %zmm0
	vpbroadcastd	592(%rsp,%r9,4), %zmm19
	vpbroadcastd	596(%rsp,%r9,4), %zmm20
	vmovaps	768(%rsp), %zmm22
	vmulps	%zmm22, %zmm8, %zmm11 {%k1}
	shlq	$8, %r9
	vmovaps	%zmm11, 3648(%rsp,%r9)
	vmovdqa64	256(%rsp), %zmm11
	vpcmpled	%zmm6, %zmm11, %k1
	vmovaps	%zmm21, %zmm8
	vmulps	%zmm22, %zmm7, %zmm8 {%k1}
	vmovaps	%zmm8, 3712(%rsp,%r9)
	vmovdqa64	896(%rsp), %zmm8
	vpcmpled	%zmm6, %zmm8, %k1
	vmovaps	%zmm21, %zmm7
	vmulps	%zmm22, %zmm17, %zmm7 {%k1}
	vmovaps	%zmm7, 3776(%rsp,%r9)
	vmovdqa64	832(%rsp), %zmm7
	vpcmpled	%zmm6, %zmm7, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm16, %zmm6 {%k1}
	vmovaps	%zmm6, 3840(%rsp,%r9)
	leaq	(%r15,%r15,2), %rcx
	incq	%rcx
	shlq	$8, %rcx
	vmovdqa64	192(%rsp), %zmm16
	vmovdqa64	320(%rsp), %zmm17
	vpcmpled	%zmm17, %zmm16, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm15, %zmm6 {%k1}
	vmovaps	%zmm6, 3648(%rsp,%rcx)
	vpcmpled	%zmm17, %zmm11, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm14, %zmm6 {%k1}
	vmovaps	%zmm6, 3712(%rsp,%rcx)
	vpcmpled	%zmm17, %zmm8, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm13, %zmm6 {%k1}
	vmovaps	%zmm6, 3776(%rsp,%rcx)
	vpcmpled	%zmm17, %zmm7, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm12, %zmm6 {%k1}
	vmovaps	%zmm6, 3840(%rsp,%rcx)
	leaq	(%r15,%r15,2), %rcx
	addq	$2, %rcx
	shlq	$8, %rcx
	vpcmpled	%zmm2, %zmm16, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm10, %zmm6 {%k1}
	vmovaps	%zmm6, 3648(%rsp,%rcx)
	vpcmpled	%zmm2, %zmm11, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm9, %zmm6 {%k1}
	vmovaps	%zmm6, 3712(%rsp,%rcx)
	vpcmpled	%zmm2, %zmm8, %k1
	vmovaps	%zmm21, %zmm6
	vmulps	%zmm22, %zmm18, %zmm6 {%k1}
	vmovaps	%zmm6, 3776(%rsp,%rcx)
	vpcmpled	%zmm2, %zmm7, %k1
	vmovaps	%zmm21, %zmm2
	vmulps	%zmm22, %zmm4, %zmm2 {%k1}
	vmovaps	%zmm2, 3840(%rsp,%rcx)
	leaq	(%r15,%r15,2), %rcx
	addq	$3, %rcx
	shlq	$8, %rcx
	vpcmpled	%zmm0, %zmm16, %k1
	vmovaps	%zmm21, %zmm2
	vmulps	%zmm22, %zmm5, %zmm2 {%k1}
	vmovaps	%zmm2, 3648(%rsp,%rcx)
	vpcmpled	%zmm0, %zmm11, %k1
	vmovaps	%zmm21, %zmm2
	vmulps	%zmm22, %zmm3, %zmm2 {%k1}
	vmovaps	%zmm2, 3712(%rsp,%rcx)
	vpcmpled	%zmm0, %zmm8, %k1
	vmovaps	%zmm21, %zmm2
	vmulps	%zmm22, %zmm1, %zmm2 {%k1}
	vmovaps	%zmm2, 3776(%rsp,%rcx)
	vpcmpled	%zmm0, %zmm7, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm31, %zmm0 {%k1}
	vmovaps	%zmm0, 3840(%rsp,%rcx)
	leaq	(%r15,%r15,2), %rcx
	addq	$4, %rcx
	shlq	$8, %rcx
	vpcmpled	%zmm19, %zmm16, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm30, %zmm0 {%k1}
	vmovaps	%zmm0, 3648(%rsp,%rcx)
	vpcmpled	%zmm19, %zmm11, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm29, %zmm0 {%k1}
	vmovaps	%zmm0, 3712(%rsp,%rcx)
	vpcmpled	%zmm19, %zmm8, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm28, %zmm0 {%k1}
	vmovaps	%zmm0, 3776(%rsp,%rcx)
	vpcmpled	%zmm19, %zmm7, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm27, %zmm0 {%k1}
	vmovaps	%zmm0, 3840(%rsp,%rcx)
	leaq	(%r15,%r15,2), %rcx
	addq	$5, %rcx
	shlq	$8, %rcx
	vpcmpled	%zmm20, %zmm16, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm26, %zmm0 {%k1}
	vmovaps	%zmm0, 3648(%rsp,%rcx)
	vpcmpled	%zmm20, %zmm11, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm25, %zmm0 {%k1}
	vmovaps	%zmm0, 3712(%rsp,%rcx)
	vpcmpled	%zmm20, %zmm8, %k1
	vmovaps	%zmm21, %zmm0
	vmulps	%zmm22, %zmm24, %zmm0 {%k1}
	vmovaps	%zmm0, 3776(%rsp,%rcx)
	vpcmpled	%zmm20, %zmm7, %k1
	vmulps	%zmm22, %zmm23, %zmm21 {%k1}
	vmovaps	%zmm21, 3840(%rsp,%rcx)
	incq	%r10
	cmpq	$6, %r10
	jl	.LBB0_27
	xorl	%eax, %eax
	vmovss	.LCPI0_0(%rip), %xmm10
	vpxor	%xmm11, %xmm11, %xmm11
	vbroadcastss	.LCPI0_1(%rip), %zmm12
	vbroadcastss	.LCPI0_2(%rip), %zmm13
	vbroadcastss	.LCPI0_3(%rip), %zmm14
	vbroadcastss	.LCPI0_4(%rip), %zmm15
	vbroadcastss	.LCPI0_6(%rip), %zmm16
	vbroadcastss	.LCPI0_5(%rip), %zmm17
	vbroadcastss	.LCPI0_7(%rip), %zmm18
	vbroadcastss	.LCPI0_8(%rip), %zmm19
	vbroadcastss	.LCPI0_9(%rip), %zmm20
	vbroadcastss	.LCPI0_10(%rip), %zmm21
	vbroadcastss	.LCPI0_11(%rip), %zmm22
	vbroadcastss	.LCPI0_12(%rip), %zmm23
	vbroadcastss	.LCPI0_13(%rip), %zmm24
	.p2align	4
.LBB0_31:
	movq	%rax, %r8
	shlq	$8, %r8
	movq	%rax, %rdx
	vmovss	960(%rsp,%rax,4), %xmm0
	vmovaps	3648(%rsp,%r8), %zmm6
	vmovaps	3712(%rsp,%r8), %zmm5
	vmovaps	3776(%rsp,%r8), %zmm2
	vmovaps	3840(%rsp,%r8), %zmm1
	vmaxps	%zmm5, %zmm6, %zmm3
	vmaxps	%zmm2, %zmm3, %zmm3
	vmaxps	%zmm1, %zmm3, %zmm3
	vextractf64x4	$1, %zmm3, %ymm4
	vmaxps	%ymm4, %ymm3, %ymm3
	vextractf128	$1, %ymm3, %xmm4
	vmaxps	%xmm4, %xmm3, %xmm3
	vshufpd	$1, %xmm3, %xmm3, %xmm4
	vmaxps	%xmm4, %xmm3, %xmm3
	vmovshdup	%xmm3, %xmm4
	vmaxss	%xmm4, %xmm3, %xmm3
	vmaxss	%xmm3, %xmm0, %xmm3
	vmovss	%xmm3, 960(%rsp,%rax,4)
	vcmpless	%xmm10, %xmm3, %k1
	vmovss	%xmm11, %xmm3, %xmm3 {%k1}
	vbroadcastss	%xmm3, %zmm4
	vsubss	%xmm3, %xmm0, %xmm0
	vbroadcastss	%xmm0, %zmm0
	vmovaps	%zmm13, %zmm3
	vfmadd213ps	%zmm12, %zmm0, %zmm3
	vsubps	%zmm12, %zmm3, %zmm7
	vmovaps	%zmm14, %zmm8
	vfmadd213ps	%zmm0, %zmm7, %zmm8
	vfmadd231ps	%zmm7, %zmm15, %zmm8
	vmulps	%zmm8, %zmm8, %zmm7
	vmovaps	%zmm17, %zmm9
	vfmadd213ps	%zmm16, %zmm8, %zmm9
	vfmadd213ps	%zmm18, %zmm8, %zmm9
	vfmadd213ps	%zmm19, %zmm8, %zmm9
	vfmadd213ps	%zmm20, %zmm8, %zmm9
	vfmadd213ps	%zmm8, %zmm7, %zmm9
	vaddps	%zmm21, %zmm9, %zmm7
	vpslld	$23, %zmm3, %zmm3
	vpaddd	%zmm3, %zmm7, %zmm3
	vcmpnltps	%zmm22, %zmm0, %k1
	vcmpltps	%zmm0, %zmm23, %k2
	vmovaps	%zmm3, %zmm3 {%k1} {z}
	vmovaps	%zmm24, %zmm3 {%k2}
	vmovss	%xmm3, 384(%rsp,%rax,4)
	vsubps	%zmm4, %zmm6, %zmm0
	vmovaps	%zmm13, %zmm6
	vfmadd213ps	%zmm12, %zmm0, %zmm6
	vsubps	%zmm12, %zmm6, %zmm7
	vmovaps	%zmm14, %zmm8
	vfmadd213ps	%zmm0, %zmm7, %zmm8
	vfmadd231ps	%zmm7, %zmm15, %zmm8
	vmulps	%zmm8, %zmm8, %zmm7
	vmovaps	%zmm17, %zmm9
	vfmadd213ps	%zmm16, %zmm8, %zmm9
	vfmadd213ps	%zmm18, %zmm8, %zmm9
	vfmadd213ps	%zmm19, %zmm8, %zmm9
	vfmadd213ps	%zmm20, %zmm8, %zmm9
	vfmadd213ps	%zmm8, %zmm7, %zmm9
	vaddps	%zmm21, %zmm9, %zmm7
	vpslld	$23, %zmm6, %zmm6
	vpaddd	%zmm6, %zmm7, %zmm6
	vcmpnltps	%zmm22, %zmm0, %k1
	vcmpltps	%zmm0, %zmm23, %k2
	vmovaps	%zmm6, %zmm0 {%k1} {z}
	vmovaps	%zmm24, %zmm0 {%k2}
	vmovaps	%zmm0, 3648(%rsp,%r8)
	vsubps	%zmm4, %zmm5, %zmm5
	vmovaps	%zmm13, %zmm6
	vfmadd213ps	%zmm12, %zmm5, %zmm6
	vsubps	%zmm12, %zmm6, %zmm7
	vmovaps	%zmm14, %zmm8
	vfmadd213ps	%zmm5, %zmm7, %zmm8
	vfmadd231ps	%zmm7, %zmm15, %zmm8
	vmulps	%zmm8, %zmm8, %zmm7
	vmovaps	%zmm17, %zmm9
	vfmadd213ps	%zmm16, %zmm8, %zmm9
	vfmadd213ps	%zmm18, %zmm8, %zmm9
	vfmadd213ps	%zmm19, %zmm8, %zmm9
	vfmadd213ps	%zmm20, %zmm8, %zmm9
	vfmadd213ps	%zmm8, %zmm7, %zmm9
	vaddps	%zmm21, %zmm9, %zmm7
	vpslld	$23, %zmm6, %zmm6
	vpaddd	%zmm6, %zmm7, %zmm6
	vcmpnltps	%zmm22, %zmm5, %k1
	vcmpltps	%zmm5, %zmm23, %k2
	vmovaps	%zmm6, %zmm5 {%k1} {z}
	vmovaps	%zmm24, %zmm5 {%k2}
	vmovaps	%zmm5, 3712(%rsp,%r8)
	vsubps	%zmm4, %zmm2, %zmm2
	vmovaps	%zmm13, %zmm6
	vfmadd213ps	%zmm12, %zmm2, %zmm6
	vsubps	%zmm12, %zmm6, %zmm7
	vmovaps	%zmm14, %zmm8
	vfmadd213ps	%zmm2, %zmm7, %zmm8
	vfmadd231ps	%zmm7, %zmm15, %zmm8
	vmulps	%zmm8, %zmm8, %zmm7
	vmovaps	%zmm17, %zmm9
	vfmadd213ps	%zmm16, %zmm8, %zmm9
	vfmadd213ps	%zmm18, %zmm8, %zmm9
	vfmadd213ps	%zmm19, %zmm8, %zmm9
	vfmadd213ps	%zmm20, %zmm8, %zmm9
	vfmadd213ps	%zmm8, %zmm7, %zmm9
	vaddps	%zmm21, %zmm9, %zmm7
	vpslld	$23, %zmm6, %zmm6
	vpaddd	%zmm6, %zmm7, %zmm6
	vcmpnltps	%zmm22, %zmm2, %k1
	vcmpltps	%zmm2, %zmm23, %k2
	vmovaps	%zmm6, %zmm2 {%k1} {z}
	vmovaps	%zmm24, %zmm2 {%k2}
	vmovaps	%zmm2, 3776(%rsp,%r8)
	shlq	$6, %rdx
	vsubps	%zmm4, %zmm1, %zmm1
	vmovaps	%zmm13, %zmm4
	vfmadd213ps	%zmm12, %zmm1, %zmm4
	vsubps	%zmm12, %zmm4, %zmm6
	vmovaps	%zmm14, %zmm7
	vfmadd213ps	%zmm1, %zmm6, %zmm7
	vfmadd231ps	%zmm6, %zmm15, %zmm7
	vmulps	%zmm7, %zmm7, %zmm6
	vmovaps	%zmm17, %zmm8
	vfmadd213ps	%zmm16, %zmm7, %zmm8
	vfmadd213ps	%zmm18, %zmm7, %zmm8
	vfmadd213ps	%zmm19, %zmm7, %zmm8
	vfmadd213ps	%zmm20, %zmm7, %zmm8
	vfmadd213ps	%zmm7, %zmm6, %zmm8
	vaddps	%zmm21, %zmm8, %zmm6
	vpslld	$23, %zmm4, %zmm4
	vpaddd	%zmm4, %zmm6, %zmm4
	vcmpnltps	%zmm22, %zmm1, %k1
	vcmpltps	%zmm1, %zmm23, %k2
	vmovaps	%zmm4, %zmm1 {%k1} {z}
	vmovaps	%zmm24, %zmm1 {%k2}
	vmovaps	%zmm1, 3840(%rsp,%r8)
	vaddps	%zmm5, %zmm0, %zmm0
	vaddps	%zmm1, %zmm2, %zmm1
	vaddps	%zmm1, %zmm0, %zmm0
	vfmadd231ps	1344(%rsp,%rdx), %zmm3, %zmm0
	vmovaps	%zmm0, 1344(%rsp,%rdx)
	incq	%rax
	cmpq	$36, %rax
	jl	.LBB0_31
	movq	176(%rsp), %rax
	addq	$64, %rax
	addq	$16384, %r11
	cmpq	32(%rsp), %rax
	cmovgeq	128(%rsp), %r11
	xorl	%r13d, %r13d
	movq	112(%rsp), %r14
	movq	8(%rsp), %rax
	leaq	(%rax,%rax), %r15
	jmp	.LBB0_33
	.p2align	4
.LBB0_37:
	vmovaps	%zmm6, 256(%rax)
	vmovaps	%zmm9, 320(%rax)
	vmovaps	%zmm10, 384(%rax)
	vmovaps	%zmm1, 448(%rax)
	vmovaps	%zmm11, 768(%rax)
	vmovaps	%zmm12, 832(%rax)
	vmovaps	%zmm13, 896(%rax)
	vmovaps	%zmm3, 960(%rax)
	vmovaps	%zmm14, 1280(%rax)
	vmovaps	%zmm15, 1344(%rax)
	vmovaps	%zmm16, 1408(%rax)
	vmovaps	%zmm4, 1472(%rax)
	vmovaps	%zmm17, 1792(%rax)
	vmovaps	%zmm18, 1856(%rax)
	vmovaps	%zmm19, 1920(%rax)
	vmovaps	%zmm5, 1984(%rax)
	vmovaps	%zmm20, 2304(%rax)
	vmovaps	%zmm21, 2368(%rax)
	vmovaps	%zmm22, 2432(%rax)
	vmovaps	%zmm7, 2496(%rax)
	vmovaps	%zmm23, 2816(%rax)
	vmovaps	%zmm24, 2880(%rax)
	vmovaps	%zmm25, 2944(%rax)
	vmovaps	%zmm8, 3008(%rax)
	incq	%r13
	cmpq	$6, %r13
	jge	.LBB0_38
.LBB0_33:
	leaq	(,%r13,2), %rax
	leaq	(%rax,%rax,2), %rax
	movq	%rax, %rcx
	vbroadcastss	384(%rsp,%rax,4), %zmm0
	vbroadcastss	388(%rsp,%rax,4), %zmm1
	vbroadcastss	392(%rsp,%rax,4), %zmm2
	vbroadcastss	396(%rsp,%rax,4), %zmm5
	vbroadcastss	400(%rsp,%rax,4), %zmm7
	vbroadcastss	404(%rsp,%rax,4), %zmm8
	movq	%rax, %r8
	shlq	$9, %r8
	leaq	(%rsp,%r8), %rax
	addq	$12864, %rax
	shlq	$8, %rcx
	leaq	(%rsp,%rcx), %rdx
	addq	$3648, %rdx
	vmulps	12864(%rsp,%r8), %zmm0, %zmm9
	vmulps	12928(%rsp,%r8), %zmm0, %zmm10
	vmulps	12992(%rsp,%r8), %zmm0, %zmm12
	vmovaps	%zmm0, 192(%rsp)
	vmulps	13056(%rsp,%r8), %zmm0, %zmm13
	vmulps	13376(%rsp,%r8), %zmm1, %zmm14
	vmulps	13440(%rsp,%r8), %zmm1, %zmm15
	vmulps	13504(%rsp,%r8), %zmm1, %zmm16
	vmovaps	%zmm1, 320(%rsp)
	vmulps	13568(%rsp,%r8), %zmm1, %zmm17
	vmulps	13888(%rsp,%r8), %zmm2, %zmm18
	vmulps	13952(%rsp,%r8), %zmm2, %zmm19
	vmulps	14016(%rsp,%r8), %zmm2, %zmm20
	vmovaps	%zmm2, 256(%rsp)
	vmulps	14080(%rsp,%r8), %zmm2, %zmm21
	vmulps	14400(%rsp,%r8), %zmm5, %zmm22
	vmulps	14464(%rsp,%r8), %zmm5, %zmm23
	vmulps	14528(%rsp,%r8), %zmm5, %zmm24
	vmulps	14592(%rsp,%r8), %zmm5, %zmm25
	vmulps	14912(%rsp,%r8), %zmm7, %zmm26
	vmulps	14976(%rsp,%r8), %zmm7, %zmm27
	vmulps	15040(%rsp,%r8), %zmm7, %zmm28
	vmulps	15104(%rsp,%r8), %zmm7, %zmm29
	vmulps	15424(%rsp,%r8), %zmm8, %zmm30
	vmulps	15488(%rsp,%r8), %zmm8, %zmm31
	vmulps	15552(%rsp,%r8), %zmm8, %zmm11
	vmulps	15616(%rsp,%r8), %zmm8, %zmm6
	movq	%r13, %r8
	shlq	$6, %r8
	xorl	%r9d, %r9d
	cmpq	%rdi, %r9
	jge	.LBB0_35
	.p2align	4
.LBB0_47:
	leaq	(%r8,%r9), %r10
	shlq	$6, %r10
	cmpq	$16320, %r10
	cmovgeq	%rsi, %r10
	movq	%r9, %rcx
	shlq	$8, %rcx
	vcvtph2ps	(%r12,%rcx), %zmm0
	vcvtph2ps	32(%r12,%rcx), %zmm2
	vcvtph2ps	64(%r12,%rcx), %zmm1
	vcvtph2ps	96(%r12,%rcx), %zmm3
	vbroadcastss	(%rdx,%r9,4), %zmm4
	vfmadd231ps	%zmm4, %zmm0, %zmm9
	vfmadd231ps	%zmm4, %zmm2, %zmm10
	vfmadd231ps	%zmm4, %zmm1, %zmm12
	vfmadd231ps	%zmm4, %zmm3, %zmm13
	vbroadcastss	256(%rdx,%r9,4), %zmm4
	vfmadd231ps	%zmm4, %zmm0, %zmm14
	vfmadd231ps	%zmm4, %zmm2, %zmm15
	vfmadd231ps	%zmm4, %zmm1, %zmm16
	vfmadd231ps	%zmm4, %zmm3, %zmm17
	vbroadcastss	512(%rdx,%r9,4), %zmm4
	vfmadd231ps	%zmm4, %zmm0, %zmm18
	vfmadd231ps	%zmm4, %zmm2, %zmm19
	vfmadd231ps	%zmm4, %zmm1, %zmm20
	vfmadd231ps	%zmm4, %zmm3, %zmm21
	vbroadcastss	768(%rdx,%r9,4), %zmm4
	vfmadd231ps	%zmm4, %zmm0, %zmm22
	vfmadd231ps	%zmm4, %zmm2, %zmm23
	vfmadd231ps	%zmm4, %zmm1, %zmm24
	vfmadd231ps	%zmm4, %zmm3, %zmm25
	vbroadcastss	1024(%rdx,%r9,4), %zmm4
	vfmadd231ps	%zmm4, %zmm0, %zmm26
	vfmadd231ps	%zmm4, %zmm2, %zmm27
	vfmadd231ps	%zmm4, %zmm1, %zmm28
	vfmadd231ps	%zmm4, %zmm3, %zmm29
	vbroadcastss	1280(%rdx,%r9,4), %zmm4
	prefetcht0	(%r11,%r10)
	vfmadd231ps	%zmm0, %zmm4, %zmm30
	vfmadd231ps	%zmm2, %zmm4, %zmm31
	vfmadd231ps	%zmm1, %zmm4, %zmm11
	vfmadd231ps	%zmm4, %zmm3, %zmm6
	incq	%r9
	cmpq	%rdi, %r9
	jl	.LBB0_47
.LBB0_35:
	vmovaps	%zmm9, (%rax)
	vmovaps	%zmm10, 64(%rax)
	vmovaps	%zmm12, 128(%rax)
	vmovaps	%zmm13, 192(%rax)
	vmovaps	%zmm14, 512(%rax)
	vmovaps	%zmm15, 576(%rax)
	vmovaps	%zmm16, 640(%rax)
	vmovaps	%zmm17, 704(%rax)
	vmovaps	%zmm18, 1024(%rax)
	vmovaps	%zmm19, 1088(%rax)
	vmovaps	%zmm20, 1152(%rax)
	vmovaps	%zmm21, 1216(%rax)
	vmovaps	%zmm22, 1536(%rax)
	vmovaps	%zmm23, 1600(%rax)
	vmovaps	%zmm24, 1664(%rax)
	vmovaps	%zmm25, 1728(%rax)
	vmovaps	%zmm26, 2048(%rax)
	vmovaps	%zmm27, 2112(%rax)
	vmovaps	%zmm28, 2176(%rax)
	vmovaps	%zmm29, 2240(%rax)
	vmovaps	%zmm30, 2560(%rax)
	vmovaps	%zmm31, 2624(%rax)
	vmovaps	%zmm11, 2688(%rax)
	vmovaps	%zmm6, 2752(%rax)
	vmovaps	192(%rsp), %zmm0
	vmulps	256(%rax), %zmm0, %zmm6
	vmulps	320(%rax), %zmm0, %zmm9
	vmulps	384(%rax), %zmm0, %zmm10
	vmulps	448(%rax), %zmm0, %zmm1
	vmovaps	320(%rsp), %zmm0
	vmulps	768(%rax), %zmm0, %zmm11
	vmulps	832(%rax), %zmm0, %zmm12
	vmulps	896(%rax), %zmm0, %zmm13
	vmulps	960(%rax), %zmm0, %zmm3
	vmovaps	256(%rsp), %zmm0
	vmulps	1280(%rax), %zmm0, %zmm14
	vmulps	1344(%rax), %zmm0, %zmm15
	vmulps	1408(%rax), %zmm0, %zmm16
	vmulps	1472(%rax), %zmm0, %zmm4
	vmulps	1792(%rax), %zmm5, %zmm17
	vmulps	1856(%rax), %zmm5, %zmm18
	vmulps	1920(%rax), %zmm5, %zmm19
	vmulps	1984(%rax), %zmm5, %zmm5
	vmulps	2304(%rax), %zmm7, %zmm20
	vmulps	2368(%rax), %zmm7, %zmm21
	vmulps	2432(%rax), %zmm7, %zmm22
	vmulps	2496(%rax), %zmm7, %zmm7
	vmulps	2816(%rax), %zmm8, %zmm23
	vmulps	2880(%rax), %zmm8, %zmm24
	vmulps	2944(%rax), %zmm8, %zmm25
	vmulps	3008(%rax), %zmm8, %zmm8
	movl	$0, %r8d
	cmpq	%rdi, %r8
	jge	.LBB0_37
	.p2align	4
.LBB0_39:
	movq	%r8, %rcx
	shlq	$8, %rcx
	vcvtph2ps	128(%r12,%rcx), %zmm0
	vcvtph2ps	160(%r12,%rcx), %zmm2
	vcvtph2ps	192(%r12,%rcx), %zmm26
	vcvtph2ps	224(%r12,%rcx), %zmm27
	vbroadcastss	(%rdx,%r8,4), %zmm28
	vfmadd231ps	%zmm28, %zmm0, %zmm6
	vfmadd231ps	%zmm28, %zmm2, %zmm9
	vfmadd231ps	%zmm28, %zmm26, %zmm10
	vbroadcastss	256(%rdx,%r8,4), %zmm29
	vfmadd231ps	%zmm28, %zmm27, %zmm1
	vfmadd231ps	%zmm29, %zmm0, %zmm11
	vfmadd231ps	%zmm29, %zmm2, %zmm12
	vfmadd231ps	%zmm29, %zmm26, %zmm13
	vbroadcastss	512(%rdx,%r8,4), %zmm28
	vfmadd231ps	%zmm29, %zmm27, %zmm3
	vfmadd231ps	%zmm28, %zmm0, %zmm14
	vfmadd231ps	%zmm28, %zmm2, %zmm15
	vfmadd231ps	%zmm28, %zmm26, %zmm16
	vbroadcastss	768(%rdx,%r8,4), %zmm29
	vfmadd231ps	%zmm28, %zmm27, %zmm4
	vfmadd231ps	%zmm29, %zmm0, %zmm17
	vfmadd231ps	%zmm29, %zmm2, %zmm18
	vfmadd231ps	%zmm29, %zmm26, %zmm19
	vbroadcastss	1024(%rdx,%r8,4), %zmm28
	vfmadd231ps	%zmm29, %zmm27, %zmm5
	vfmadd231ps	%zmm28, %zmm0, %zmm20
	vfmadd231ps	%zmm28, %zmm2, %zmm21
	vfmadd231ps	%zmm28, %zmm26, %zmm22
	vbroadcastss	1280(%rdx,%r8,4), %zmm29
	vfmadd231ps	%zmm28, %zmm27, %zmm7
	vfmadd231ps	%zmm0, %zmm29, %zmm23
	vfmadd231ps	%zmm2, %zmm29, %zmm24
	vfmadd231ps	%zmm26, %zmm29, %zmm25
	vfmadd231ps	%zmm29, %zmm27, %zmm8
	incq	%r8
	cmpq	%rdi, %r8
	jl	.LBB0_39
	jmp	.LBB0_37
	.p2align	4
.LBB0_11:
	cmpq	$1, %r14
	movq	96(%rsp), %rax
	movq	80(%rsp), %r9
	movq	88(%rsp), %r10
	movq	72(%rsp), %r11
	movq	64(%rsp), %rbx
	vmovss	.LCPI0_0(%rip), %xmm14
	vbroadcastss	.LCPI0_1(%rip), %zmm15
	vbroadcastss	.LCPI0_2(%rip), %zmm16
	vbroadcastss	.LCPI0_3(%rip), %zmm17
	vbroadcastss	.LCPI0_4(%rip), %zmm18
	vbroadcastss	.LCPI0_6(%rip), %zmm19
	vbroadcastss	.LCPI0_5(%rip), %zmm20
	vbroadcastss	.LCPI0_7(%rip), %zmm21
	vbroadcastss	.LCPI0_8(%rip), %zmm22
	vbroadcastss	.LCPI0_9(%rip), %zmm23
	vbroadcastss	.LCPI0_10(%rip), %zmm24
	vbroadcastss	.LCPI0_11(%rip), %zmm25
	vbroadcastss	.LCPI0_12(%rip), %zmm26
	jne	.LBB0_16
	xorl	%edx, %edx
	jmp	.LBB0_13
	.p2align	4
.LBB0_15:
	incq	%rdx
	cmpq	$32, %rdx
	jge	.LBB0_16
.LBB0_13:
	movq	%rdx, %rdi
	shrq	%rdi
	cmpq	%rbx, %rdi
	jge	.LBB0_15
	movq	%rdx, %rcx
	shlq	$6, %rcx
	vmovaps	1344(%rsp,%rcx), %ymm0
	vaddps	1376(%rsp,%rcx), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	movq	%rdx, %rcx
	shlq	$9, %rcx
	shlq	$13, %rdi
	addq	%r11, %rdi
	movl	%edx, %r8d
	andl	$1, %r8d
	vmovaps	12864(%rsp,%rcx), %zmm1
	vbroadcastss	%xmm0, %zmm0
	vdivps	%zmm0, %zmm1, %zmm1
	addq	%r15, %r8
	shlq	$9, %r8
	vmovups	%zmm1, (%r8,%rdi)
	vmovaps	12928(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 64(%r8,%rdi)
	vmovaps	12992(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 128(%r8,%rdi)
	vmovaps	13056(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 192(%r8,%rdi)
	vmovaps	13120(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 256(%r8,%rdi)
	vmovaps	13184(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 320(%r8,%rdi)
	vmovaps	13248(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 384(%r8,%rdi)
	vmovaps	13312(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm0
	vmovups	%zmm0, 448(%r8,%rdi)
	jmp	.LBB0_15
	.p2align	4
.LBB0_16:
	cmpq	$1, %r14
	je	.LBB0_4
	xorl	%edx, %edx
	cmpq	24(%rsp), %rdx
	jge	.LBB0_19
	.p2align	4
.LBB0_48:
	movl	%edx, %ecx
	andl	$1, %ecx
	addq	%r15, %rcx
	movq	%rdx, %rdi
	movabsq	$562949953421310, %r8
	andq	%r8, %rdi
	leaq	(%rcx,%rdi,8), %rcx
	shlq	$6, %rcx
	addq	%rax, %rcx
	leaq	(%rcx,%rcx,8), %rcx
	shlq	$6, %rcx
	movq	%rdx, %rdi
	movq	%rdx, %r8
	shlq	$6, %r8
	vmovaps	1344(%rsp,%r8), %ymm0
	shlq	$9, %rdi
	vaddps	1376(%rsp,%r8), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vmovaps	12864(%rsp,%rdi), %zmm2
	movq	16(%rsp), %r8
	vmovaps	%zmm2, (%r8,%rcx)
	vmovaps	12928(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 64(%r8,%rcx)
	vmovaps	12992(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 128(%r8,%rcx)
	vmovaps	13056(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 192(%r8,%rcx)
	vmovaps	13120(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 256(%r8,%rcx)
	vmovaps	13184(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 320(%r8,%rcx)
	vmovaps	13248(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 384(%r8,%rcx)
	vmovaps	13312(%rsp,%rdi), %zmm2
	vmovaps	%zmm2, 448(%r8,%rcx)
	vmovss	960(%rsp,%rdx,4), %xmm2
	vaddss	%xmm1, %xmm0, %xmm0
	vmovss	%xmm2, 512(%r8,%rcx)
	vmovss	%xmm0, 516(%r8,%rcx)
	incq	%rdx
	cmpq	24(%rsp), %rdx
	jl	.LBB0_48
.LBB0_19:
	movq	8(%rsp), %rdx
	shlq	$6, %rdx
	movl	$1, %eax
	movq	56(%rsp), %rcx
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
	vmovaps	%zmm0, 12864(%rsp,%rcx)
	vmovaps	%zmm2, 12928(%rsp,%rcx)
	vmovaps	%zmm4, 12992(%rsp,%rcx)
	vmovaps	%zmm5, 13056(%rsp,%rcx)
	vmovaps	%zmm6, 13120(%rsp,%rcx)
	vmovaps	%zmm7, 13184(%rsp,%rcx)
	vmovaps	%zmm8, 13248(%rsp,%rcx)
	vmovaps	%zmm9, 13312(%rsp,%rcx)
	vxorps	%xmm0, %xmm0, %xmm0
	vblendps	$1, %xmm3, %xmm0, %xmm0
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	%zmm0, 1344(%rsp,%rcx)
	incq	%rax
.LBB0_21:
	cmpq	24(%rsp), %rax
	jge	.LBB0_22
	movl	%eax, %ecx
	andl	$1, %ecx
	addq	%r15, %rcx
	movq	%rax, %rdx
	movabsq	$562949953421310, %rdi
	andq	%rdi, %rdx
	leaq	(%rcx,%rdx,8), %rcx
	leaq	(%rcx,%rcx,8), %rdx
	shlq	$12, %rdx
	addq	16(%rsp), %rdx
	xorl	%ecx, %ecx
	vmovaps	%xmm14, %xmm1
	cmpq	%r14, %rcx
	jge	.LBB0_42
	.p2align	4
.LBB0_49:
	leaq	(%rcx,%rcx,8), %rdi
	shlq	$6, %rdi
	vmaxss	512(%rdx,%rdi), %xmm1, %xmm1
	incq	%rcx
	cmpq	%r14, %rcx
	jl	.LBB0_49
.LBB0_42:
	vxorps	%xmm3, %xmm3, %xmm3
	xorl	%edi, %edi
	vxorps	%xmm0, %xmm0, %xmm0
	vxorps	%xmm2, %xmm2, %xmm2
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	vxorps	%xmm9, %xmm9, %xmm9
	cmpq	%r14, %rdi
	jge	.LBB0_44
	.p2align	4
.LBB0_45:
	leaq	(%rdi,%rdi,8), %r8
	shlq	$6, %r8
	vmovss	512(%rdx,%r8), %xmm10
	vsubss	%xmm1, %xmm10, %xmm10
	vbroadcastss	%xmm10, %zmm10
	vmovaps	%zmm15, %zmm11
	vfmadd231ps	%zmm16, %zmm10, %zmm11
	vsubps	%zmm15, %zmm11, %zmm12
	vcmpnltps	%zmm25, %zmm10, %k2
	vcmpgtps	%zmm26, %zmm10, %k1
	vfmadd231ps	%zmm17, %zmm12, %zmm10
	vfmadd231ps	%zmm18, %zmm12, %zmm10
	vmulps	%zmm10, %zmm10, %zmm12
	vmovaps	%zmm20, %zmm13
	vfmadd213ps	%zmm19, %zmm10, %zmm13
	vfmadd213ps	%zmm21, %zmm10, %zmm13
	vfmadd213ps	%zmm22, %zmm10, %zmm13
	vfmadd213ps	%zmm23, %zmm10, %zmm13
	vfmadd213ps	%zmm10, %zmm12, %zmm13
	vaddps	%zmm24, %zmm13, %zmm10
	vpslld	$23, %zmm11, %zmm11
	vpaddd	%zmm11, %zmm10, %zmm10
	vmovaps	%zmm10, %zmm10 {%k2} {z}
	vbroadcastss	.LCPI0_13(%rip), %zmm10 {%k1}
	vfmadd231ps	(%rdx,%r8), %zmm10, %zmm0
	vfmadd231ps	64(%rdx,%r8), %zmm10, %zmm2
	vfmadd231ps	128(%rdx,%r8), %zmm10, %zmm4
	vfmadd231ps	192(%rdx,%r8), %zmm10, %zmm5
	vfmadd231ps	256(%rdx,%r8), %zmm10, %zmm6
	vfmadd231ps	320(%rdx,%r8), %zmm10, %zmm7
	vfmadd231ps	384(%rdx,%r8), %zmm10, %zmm8
	vfmadd231ps	448(%rdx,%r8), %zmm10, %zmm9
	vfmadd231ps	516(%rdx,%r8){1to16}, %zmm10, %zmm3
	incq	%rdi
	cmpq	%r14, %rdi
	jl	.LBB0_45
	jmp	.LBB0_44
.LBB0_22:
	xorl	%eax, %eax
	jmp	.LBB0_23
	.p2align	4
.LBB0_25:
	incq	%rax
	cmpq	$32, %rax
	jge	.LBB0_4
.LBB0_23:
	movq	%rax, %rdx
	shrq	%rdx
	cmpq	%rbx, %rdx
	jge	.LBB0_25
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	1344(%rsp,%rcx), %ymm0
	vaddps	1376(%rsp,%rcx), %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	movq	%rax, %rcx
	shlq	$9, %rcx
	shlq	$13, %rdx
	addq	%r11, %rdx
	movl	%eax, %edi
	andl	$1, %edi
	vmovaps	12864(%rsp,%rcx), %zmm1
	vbroadcastss	%xmm0, %zmm0
	vdivps	%zmm0, %zmm1, %zmm1
	addq	%r15, %rdi
	shlq	$9, %rdi
	vmovups	%zmm1, (%rdi,%rdx)
	vmovaps	12928(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 64(%rdi,%rdx)
	vmovaps	12992(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 128(%rdi,%rdx)
	vmovaps	13056(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 192(%rdi,%rdx)
	vmovaps	13120(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 256(%rdi,%rdx)
	vmovaps	13184(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 320(%rdi,%rdx)
	vmovaps	13248(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm1
	vmovups	%zmm1, 384(%rdi,%rdx)
	vmovaps	13312(%rsp,%rcx), %zmm1
	vdivps	%zmm0, %zmm1, %zmm0
	vmovups	%zmm0, 448(%rdi,%rdx)
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
	.size	attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952, .Lfunc_end0-attention_f16_16x8x128_t16_c640_rows_9f505d8e27255952

	.section	".note.GNU-stack","",@progbits
