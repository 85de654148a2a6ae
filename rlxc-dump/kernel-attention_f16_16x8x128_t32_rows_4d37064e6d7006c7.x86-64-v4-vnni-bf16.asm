	.file	"attention_f16_16x8x128_t32_rows_4d37064e6d7006c7"
	.section	.rodata.cst8,"aM",@progbits,8
	.p2align	3, 0x0
.LCPI0_0:
	.quad	0x3ff71547652b82fe
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_1:
	.byte	1
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	64
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	16
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
	.byte	0
.LCPI0_3:
	.short	0
	.short	16
	.short	1
	.short	17
	.short	2
	.short	18
	.short	3
	.short	19
	.short	4
	.short	20
	.short	5
	.short	21
	.short	6
	.short	22
	.short	7
	.short	23
	.short	8
	.short	24
	.short	9
	.short	25
	.short	10
	.short	26
	.short	11
	.short	27
	.short	12
	.short	28
	.short	13
	.short	29
	.short	14
	.short	30
	.short	15
	.short	31
.LCPI0_4:
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
.LCPI0_6:
	.quad	2
	.quad	3
	.quad	8
	.quad	9
	.quad	6
	.quad	7
	.quad	12
	.quad	13
.LCPI0_7:
	.long	1
	.long	16
	.long	3
	.long	18
	.long	5
	.long	20
	.long	7
	.long	22
	.long	9
	.long	24
	.long	11
	.long	26
	.long	13
	.long	28
	.long	15
	.long	30
.LCPI0_12:
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.short	16256
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_2:
	.long	0x3f800000
.LCPI0_5:
	.long	0xff800000
.LCPI0_8:
	.long	0x3c5e18ed
.LCPI0_9:
	.long	0x3d551fe5
.LCPI0_10:
	.long	0x3e772c42
.LCPI0_11:
	.long	0x3f316a8e
.LCPI0_13:
	.short	16256
	.short	16256
	.text
	.globl	attention_f16_16x8x128_t32_rows_4d37064e6d7006c7
	.p2align	4
	.type	attention_f16_16x8x128_t32_rows_4d37064e6d7006c7,@function
attention_f16_16x8x128_t32_rows_4d37064e6d7006c7:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$97600, %rsp
	movq	%rdx, 104(%rsp)
	movq	(%rdi), %r8
	movq	8(%rdi), %rcx
	movq	(%r8), %r10
	movq	24(%r8), %rdx
	vmovss	20(%rdi), %xmm0
	vcvtss2sd	%xmm0, %xmm0, %xmm0
	movq	32(%r8), %rax
	movq	%rax, 128(%rsp)
	vmulsd	.LCPI0_0(%rip), %xmm0, %xmm0
	vcvtsd2ss	%xmm0, %xmm0, %xmm0
	movq	16(%rcx), %rcx
	movq	(%rdx), %rdi
	movl	32(%rdx), %edx
	movq	%rsi, %rax
	movq	8(%r8), %rsi
	addq	%rdi, %rsi
	movq	%rsi, 136(%rsp)
	addq	16(%r8), %rdi
	movq	%rdi, 144(%rsp)
	leaq	31(%rcx), %r8
	shrq	$5, %r8
	vmovaps	.LCPI0_1(%rip), %zmm1
	vmovaps	%zmm1, 192(%rsp)
	ldtilecfg	192(%rsp)
	leaq	-1(%r8), %rsi
	movq	%rsi, 80(%rsp)
	movq	%rcx, 40(%rsp)
	leaq	-1(%rcx), %r9
	leaq	1(%rdx), %rcx
	movq	%rcx, 64(%rsp)
	vbroadcastss	%xmm0, %zmm0
	vxorps	%xmm3, %xmm3, %xmm3
	vmovdqa64	.LCPI0_3(%rip), %zmm13
	vbroadcastss	.LCPI0_5(%rip), %zmm4
	vmovapd	.LCPI0_6(%rip), %zmm5
	vmovaps	.LCPI0_7(%rip), %zmm6
	vbroadcastss	.LCPI0_8(%rip), %zmm7
	vbroadcastss	.LCPI0_9(%rip), %zmm8
	vbroadcastss	.LCPI0_10(%rip), %zmm9
	vbroadcastss	.LCPI0_11(%rip), %zmm10
	vbroadcastss	.LCPI0_2(%rip), %zmm11
	vbroadcastss	.LCPI0_13(%rip), %zmm12
	movl	$256, %r13d
	movb	$-52, %r15b
	movw	$-21846, %r12w
	movl	$512, %esi
	movq	%r8, 88(%rsp)
	movq	%r10, 8(%rsp)
	movq	%rdx, 96(%rsp)
	movq	%r9, 72(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_13:
	movq	120(%rsp), %rax
	incq	%rax
.LBB0_1:
	cmpq	104(%rsp), %rax
	jge	.LBB0_52
	movq	%rax, %rcx
	orq	%r8, %rcx
	shrq	$32, %rcx
	movq	%rax, 120(%rsp)
	je	.LBB0_3
	xorl	%edx, %edx
	divq	%r8
	movq	%rax, %r9
	jmp	.LBB0_5
	.p2align	4
.LBB0_3:
	xorl	%edx, %edx
	divl	%r8d
	movl	%eax, %r9d
.LBB0_5:
	movq	%rdx, %rax
	shrq	%rax
	movq	80(%rsp), %rbx
	subq	%rax, %rbx
	testb	$1, %dl
	cmoveq	%rax, %rbx
	shlq	$5, %rbx
	leaq	31(%rbx), %rax
	movq	72(%rsp), %r11
	cmpq	%r11, %rax
	cmovgeq	%r11, %rax
	addq	64(%rsp), %rax
	movq	%rax, 32(%rsp)
	leaq	(%r9,%r9), %r14
	xorl	%eax, %eax
	movq	96(%rsp), %rcx
	.p2align	4
.LBB0_6:
	movq	%rax, %rdx
	shrq	%rdx
	addq	%rbx, %rdx
	cmpq	%r11, %rdx
	cmovgeq	%r11, %rdx
	movq	%rdx, %rdi
	shlq	$13, %rdi
	addq	%r10, %rdi
	movl	%eax, %r8d
	andl	$1, %r8d
	addq	%r14, %r8
	shlq	$9, %r8
	movq	%rax, %r10
	vcvtne2ps2bf16	(%r8,%rdi), %zmm3, %zmm14
	shlq	$8, %r10
	vmovaps	%ymm14, 64768(%rsp,%r10)
	vcvtne2ps2bf16	64(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64800(%rsp,%r10)
	vcvtne2ps2bf16	128(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64832(%rsp,%r10)
	vcvtne2ps2bf16	192(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64864(%rsp,%r10)
	vcvtne2ps2bf16	256(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64896(%rsp,%r10)
	vcvtne2ps2bf16	320(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64928(%rsp,%r10)
	vcvtne2ps2bf16	384(%r8,%rdi), %zmm3, %zmm14
	vmovaps	%ymm14, 64960(%rsp,%r10)
	vcvtne2ps2bf16	448(%r8,%rdi), %zmm3, %zmm14
	movq	%rax, %rdi
	shlq	$9, %rdi
	vmovaps	%ymm14, 64992(%rsp,%r10)
	leaq	8(%rax), %r8
	movq	%r8, %r10
	shrq	%r10
	addq	%rbx, %r10
	cmpq	%r11, %r10
	cmovgeq	%r11, %r10
	shlq	$13, %r10
	addq	8(%rsp), %r10
	andl	$1, %r8d
	addq	%r14, %r8
	shlq	$9, %r8
	prefetcht0	(%r8,%r10)
	prefetcht0	64(%r8,%r10)
	prefetcht0	128(%r8,%r10)
	prefetcht0	192(%r8,%r10)
	prefetcht0	256(%r8,%r10)
	prefetcht0	320(%r8,%r10)
	prefetcht0	384(%r8,%r10)
	prefetcht0	448(%r8,%r10)
	movq	8(%rsp), %r10
	vmovaps	%zmm3, 32000(%rsp,%rdi)
	vmovaps	%zmm3, 32064(%rsp,%rdi)
	vmovaps	%zmm3, 32128(%rsp,%rdi)
	vmovaps	%zmm3, 32192(%rsp,%rdi)
	vmovaps	%zmm3, 32256(%rsp,%rdi)
	vmovaps	%zmm3, 32320(%rsp,%rdi)
	vmovaps	%zmm3, 32384(%rsp,%rdi)
	vmovaps	%zmm3, 32448(%rsp,%rdi)
	movq	%rax, %rdi
	shlq	$6, %rdi
	vmovaps	%zmm3, 11520(%rsp,%rdi)
	movl	$-8388608, 512(%rsp,%rax,4)
	movl	$0, 3072(%rsp,%rax,4)
	addl	%ecx, %edx
	movl	%edx, 256(%rsp,%rax,4)
	incq	%rax
	cmpq	$64, %rax
	jl	.LBB0_6
	movq	32(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 160(%rsp)
	shlq	$13, %r9
	leaq	(%r9,%r9,4), %rax
	movq	%rax, 152(%rsp)
	movq	40(%rsp), %rax
	movq	%rbx, 112(%rsp)
	subq	%rbx, %rax
	cmpq	$32, %rax
	movl	$32, %ecx
	cmovgeq	%rcx, %rax
	leaq	31(,%rax,2), %rax
	shrq	$5, %rax
	movq	%rax, 184(%rsp)
	xorl	%eax, %eax
	movq	%r14, %rbx
	movq	%r14, 176(%rsp)
	jmp	.LBB0_8
	.p2align	4
.LBB0_23:
	movq	168(%rsp), %rax
	incq	%rax
	vxorps	%xmm3, %xmm3, %xmm3
	vmovdqa64	.LCPI0_3(%rip), %zmm13
.LBB0_8:
	cmpq	160(%rsp), %rax
	jge	.LBB0_9
	movq	%rax, 168(%rsp)
	movq	%rax, %rdi
	shlq	$6, %rdi
	movq	152(%rsp), %rax
	addq	%rdi, %rax
	shlq	$8, %rax
	movq	136(%rsp), %rcx
	leaq	(%rcx,%rax), %rdx
	addq	144(%rsp), %rax
	movq	32(%rsp), %r8
	movq	%rdi, 48(%rsp)
	subq	%rdi, %r8
	cmpq	$64, %r8
	movl	$64, %ecx
	cmovgeq	%rcx, %r8
	movq	%r8, 24(%rsp)
	xorl	%edi, %edi
	.p2align	4
.LBB0_15:
	movq	%rdi, %r8
	shlq	$6, %r8
	vcvtph2ps	(%rdx,%r8), %zmm14
	vcvtph2ps	32(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	movq	%rdi, %r9
	shlq	$8, %r9
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 81152(%rsp,%r9)
	vcvtph2ps	4096(%rdx,%r8), %zmm14
	vcvtph2ps	4128(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 81216(%rsp,%r9)
	vcvtph2ps	8192(%rdx,%r8), %zmm14
	vcvtph2ps	8224(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 81280(%rsp,%r9)
	vcvtph2ps	12288(%rdx,%r8), %zmm14
	vcvtph2ps	12320(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 81344(%rsp,%r9)
	incq	%rdi
	cmpq	$64, %rdi
	jl	.LBB0_15
	movq	24(%rsp), %rcx
	leaq	1(%rcx), %rdx
	shrq	%rdx
	xorl	%edi, %edi
	cmpq	%rdx, %rdi
	jge	.LBB0_20
	.p2align	4
.LBB0_18:
	leaq	1(,%rdi,2), %r8
	xorl	%r9d, %r9d
	cmpq	24(%rsp), %r8
	setl	%r9b
	negl	%r9d
	movq	%rdi, %r8
	shlq	$9, %r8
	vcvtph2ps	(%rax,%r8), %zmm14
	vpbroadcastd	%r9d, %zmm15
	vcvtph2ps	256(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15616(%rsp,%r8)
	vcvtph2ps	32(%rax,%r8), %zmm14
	vcvtph2ps	288(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15680(%rsp,%r8)
	vcvtph2ps	64(%rax,%r8), %zmm14
	vcvtph2ps	320(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15744(%rsp,%r8)
	vcvtph2ps	96(%rax,%r8), %zmm14
	vcvtph2ps	352(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15808(%rsp,%r8)
	vcvtph2ps	128(%rax,%r8), %zmm14
	vcvtph2ps	384(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15872(%rsp,%r8)
	vcvtph2ps	160(%rax,%r8), %zmm14
	vcvtph2ps	416(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 15936(%rsp,%r8)
	vcvtph2ps	192(%rax,%r8), %zmm14
	vcvtph2ps	448(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 16000(%rsp,%r8)
	vcvtph2ps	224(%rax,%r8), %zmm14
	vcvtph2ps	480(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 16064(%rsp,%r8)
	incq	%rdi
	cmpq	%rdx, %rdi
	jl	.LBB0_18
	jmp	.LBB0_20
	.p2align	4
.LBB0_19:
	movq	%rdx, %rax
	shlq	$9, %rax
	vmovaps	%zmm3, 15616(%rsp,%rax)
	vmovaps	%zmm3, 15680(%rsp,%rax)
	vmovaps	%zmm3, 15744(%rsp,%rax)
	vmovaps	%zmm3, 15808(%rsp,%rax)
	vmovaps	%zmm3, 15872(%rsp,%rax)
	vmovaps	%zmm3, 15936(%rsp,%rax)
	vmovaps	%zmm3, 16000(%rsp,%rax)
	vmovaps	%zmm3, 16064(%rsp,%rax)
	incq	%rdx
.LBB0_20:
	cmpq	$32, %rdx
	jl	.LBB0_19
	movq	48(%rsp), %rcx
	leaq	64(%rcx), %rax
	movq	%rax, 16(%rsp)
	vpbroadcastd	%ecx, %zmm14
	vmovdqa64	.LCPI0_4(%rip), %zmm1
	vpaddd	%zmm1, %zmm14, %zmm14
	leal	16(%rcx), %eax
	vpbroadcastd	%eax, %zmm15
	vpaddd	%zmm1, %zmm15, %zmm15
	leal	32(%rcx), %eax
	vpbroadcastd	%eax, %zmm16
	vpaddd	%zmm1, %zmm16, %zmm16
	leal	48(%rcx), %eax
	vpbroadcastd	%eax, %zmm17
	vpaddd	%zmm1, %zmm17, %zmm17
	xorl	%eax, %eax
	jmp	.LBB0_22
	.p2align	4
.LBB0_53:
	movq	56(%rsp), %rax
	incq	%rax
	movq	8(%rsp), %r10
	movq	176(%rsp), %rbx
.LBB0_22:
	cmpq	184(%rsp), %rax
	jge	.LBB0_23
	movq	%rax, 56(%rsp)
	shlq	$7, %rax
	movslq	380(%rsp,%rax), %r8
	subq	48(%rsp), %r8
	incq	%r8
	movq	24(%rsp), %rcx
	cmpq	%rcx, %r8
	cmovgeq	%rcx, %r8
	testq	%r8, %r8
	jle	.LBB0_53
	movslq	3072(%rsp,%rax), %rdx
	cmpq	16(%rsp), %rdx
	jge	.LBB0_53
	movq	56(%rsp), %r10
	shlq	$5, %r10
	movslq	256(%rsp,%rax), %rdx
	incq	%rdx
	movq	%r10, %rax
	shlq	$8, %rax
	addq	%rsp, %rax
	addq	$64768, %rax
	xorl	%edi, %edi
	jmp	.LBB0_27
	.p2align	4
.LBB0_31:
	incq	%rdi
	cmpq	$2, %rdi
	jge	.LBB0_32
.LBB0_27:
	movq	%rdi, %r9
	shlq	$5, %r9
	cmpq	%r9, %r8
	jle	.LBB0_31
	movq	%rdi, %r9
	shlq	$7, %r9
	tilezero	%tmm0
	tilezero	%tmm1
	tilezero	%tmm2
	tilezero	%tmm3
	leaq	(%rsp,%r9), %rbx
	addq	$81152, %rbx
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_29:
	movq	%r11, %r15
	shlq	$12, %r15
	leaq	(%rbx,%r15), %rcx
	movq	%r11, %r14
	shlq	$6, %r14
	leaq	(%rax,%r14), %r12
	tileloadd	(%r12,%r13), %tmm4
	addq	%rax, %r14
	addq	$4096, %r14
	tileloadd	(%r14,%r13), %tmm5
	tileloadd	(%rcx,%r13), %tmm6
	tdpbf16ps	%tmm6, %tmm4, %tmm0
	tdpbf16ps	%tmm6, %tmm5, %tmm2
	leaq	64(%rbx,%r15), %rcx
	tileloadd	(%rcx,%r13), %tmm7
	tdpbf16ps	%tmm7, %tmm4, %tmm1
	tdpbf16ps	%tmm7, %tmm5, %tmm3
	incq	%r11
	cmpq	$4, %r11
	jl	.LBB0_29
	leaq	(%rsp,%r9), %rcx
	addq	$3328, %rcx
	tilestored	%tmm0, (%rcx,%r13)
	tilestored	%tmm1, 64(%rcx,%r13)
	tilestored	%tmm2, 4096(%rcx,%r13)
	tilestored	%tmm3, 4160(%rcx,%r13)
	movb	$-52, %r15b
	movw	$-21846, %r12w
	jmp	.LBB0_31
	.p2align	4
.LBB0_32:
	cmpq	16(%rsp), %rdx
	jl	.LBB0_35
	xorl	%eax, %eax
	.p2align	4
.LBB0_34:
	movq	%rax, %rcx
	shlq	$8, %rcx
	vmulps	3328(%rsp,%rcx), %zmm0, %zmm18
	vmulps	3392(%rsp,%rcx), %zmm0, %zmm19
	vmulps	3456(%rsp,%rcx), %zmm0, %zmm20
	vmulps	3520(%rsp,%rcx), %zmm0, %zmm21
	vmovaps	%zmm18, 3328(%rsp,%rcx)
	vmovaps	%zmm19, 3392(%rsp,%rcx)
	vmovaps	%zmm20, 3456(%rsp,%rcx)
	vmovaps	%zmm21, 3520(%rsp,%rcx)
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmaxps	%zmm21, %zmm20, %zmm20
	vmaxps	%zmm19, %zmm18, %zmm18
	vmaxps	%zmm20, %zmm18, %zmm18
	vmovaps	%zmm18, 1024(%rsp,%rcx)
	incq	%rax
	cmpq	$32, %rax
	jl	.LBB0_34
.LBB0_35:
	cmpq	16(%rsp), %rdx
	jge	.LBB0_38
	xorl	%eax, %eax
	.p2align	4
.LBB0_37:
	leaq	(%r10,%rax), %rcx
	movq	%rax, %rdx
	shlq	$8, %rdx
	vpbroadcastd	256(%rsp,%rcx,4), %zmm18
	vpcmpled	%zmm18, %zmm14, %k1
	vmovaps	%zmm4, %zmm19
	vmulps	3328(%rsp,%rdx), %zmm0, %zmm19 {%k1}
	vpcmpled	%zmm18, %zmm15, %k1
	vmovaps	%zmm4, %zmm20
	vmulps	3392(%rsp,%rdx), %zmm0, %zmm20 {%k1}
	vpcmpled	%zmm18, %zmm16, %k1
	vmovaps	%zmm4, %zmm21
	vmulps	3456(%rsp,%rdx), %zmm0, %zmm21 {%k1}
	vpcmpled	%zmm18, %zmm17, %k1
	vmovaps	%zmm4, %zmm18
	vmulps	3520(%rsp,%rdx), %zmm0, %zmm18 {%k1}
	vmovaps	%zmm19, 3328(%rsp,%rdx)
	vmovaps	%zmm20, 3392(%rsp,%rdx)
	vmovaps	%zmm21, 3456(%rsp,%rdx)
	vmovaps	%zmm18, 3520(%rsp,%rdx)
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmaxps	%zmm18, %zmm21, %zmm18
	vmaxps	%zmm20, %zmm19, %zmm19
	vmaxps	%zmm18, %zmm19, %zmm18
	vmovaps	%zmm18, 1024(%rsp,%rcx)
	incq	%rax
	cmpq	$32, %rax
	jl	.LBB0_37
.LBB0_38:
	xorl	%edx, %edx
	.p2align	4
.LBB0_39:
	leaq	(%r10,%rdx), %r9
	movq	%rdx, %rdi
	shlq	$6, %rdi
	vmovapd	1024(%rsp,%rdi), %zmm19
	vmovapd	1088(%rsp,%rdi), %zmm20
	vmovapd	1152(%rsp,%rdi), %zmm21
	vmovapd	1216(%rsp,%rdi), %zmm22
	vmovapd	1280(%rsp,%rdi), %zmm23
	vmovapd	1344(%rsp,%rdi), %zmm24
	vmovapd	1408(%rsp,%rdi), %zmm25
	vmovapd	1472(%rsp,%rdi), %zmm26
	vmovapd	1536(%rsp,%rdi), %zmm27
	vmovapd	1600(%rsp,%rdi), %zmm28
	vmovapd	1664(%rsp,%rdi), %zmm29
	vmovapd	1728(%rsp,%rdi), %zmm30
	vmovapd	1792(%rsp,%rdi), %zmm31
	vmovapd	1856(%rsp,%rdi), %zmm13
	vmovapd	1920(%rsp,%rdi), %zmm3
	vmovapd	1984(%rsp,%rdi), %zmm1
	vmovups	512(%rsp,%r9,4), %zmm18
	vshuff64x2	$78, %zmm27, %zmm19, %zmm2
	vshuff64x2	$228, %zmm27, %zmm19, %zmm19
	vmaxps	%zmm2, %zmm19, %zmm2
	vshuff64x2	$78, %zmm28, %zmm20, %zmm19
	vshuff64x2	$228, %zmm28, %zmm20, %zmm20
	vmaxps	%zmm19, %zmm20, %zmm19
	vshuff64x2	$78, %zmm29, %zmm21, %zmm20
	vshuff64x2	$228, %zmm29, %zmm21, %zmm21
	vmaxps	%zmm20, %zmm21, %zmm20
	vshuff64x2	$78, %zmm30, %zmm22, %zmm21
	vshuff64x2	$228, %zmm30, %zmm22, %zmm22
	vshuff64x2	$78, %zmm31, %zmm23, %zmm27
	vshuff64x2	$228, %zmm31, %zmm23, %zmm23
	vmaxps	%zmm27, %zmm23, %zmm23
	kmovd	%r15d, %k1
	vblendmpd	%zmm23, %zmm2, %zmm27 {%k1}
	vmaxps	%zmm21, %zmm22, %zmm21
	vshuff64x2	$78, %zmm13, %zmm24, %zmm22
	vshuff64x2	$228, %zmm13, %zmm24, %zmm13
	vmaxps	%zmm22, %zmm13, %zmm13
	vblendmpd	%zmm13, %zmm19, %zmm22 {%k1}
	vshuff64x2	$78, %zmm3, %zmm25, %zmm24
	vshuff64x2	$228, %zmm3, %zmm25, %zmm3
	vmaxps	%zmm24, %zmm3, %zmm3
	vblendmpd	%zmm3, %zmm20, %zmm24 {%k1}
	vshuff64x2	$78, %zmm1, %zmm26, %zmm25
	vshuff64x2	$228, %zmm1, %zmm26, %zmm1
	vmaxps	%zmm25, %zmm1, %zmm1
	vblendmpd	%zmm1, %zmm21, %zmm25 {%k1}
	vpermt2pd	%zmm23, %zmm5, %zmm2
	vmaxps	%zmm2, %zmm27, %zmm2
	vpermt2pd	%zmm13, %zmm5, %zmm19
	vmaxps	%zmm19, %zmm22, %zmm13
	vpermt2pd	%zmm3, %zmm5, %zmm20
	vmaxps	%zmm20, %zmm24, %zmm3
	vpermt2pd	%zmm1, %zmm5, %zmm21
	vmaxps	%zmm21, %zmm25, %zmm1
	vshufpd	$85, %zmm3, %zmm2, %zmm19
	vshufpd	$170, %zmm3, %zmm2, %zmm2
	vmaxps	%zmm19, %zmm2, %zmm2
	vshufpd	$85, %zmm1, %zmm13, %zmm3
	vshufpd	$170, %zmm1, %zmm13, %zmm1
	vmaxps	%zmm3, %zmm1, %zmm1
	kmovd	%r12d, %k1
	vblendmps	%zmm1, %zmm2, %zmm3 {%k1}
	vpermt2ps	%zmm1, %zmm6, %zmm2
	vmaxps	%zmm2, %zmm3, %zmm1
	vcmpnltps	%zmm18, %zmm1, %k1
	vmaxps	%zmm1, %zmm18, %zmm2
	vmovups	%zmm1, 512(%rsp,%r9,4) {%k1}
	vcmpneqps	%zmm4, %zmm2, %k1
	vmovaps	%zmm2, %zmm1 {%k1} {z}
	vmovaps	%zmm1, 1024(%rsp,%rdi)
	vsubps	%zmm1, %zmm18, %zmm1
	vreduceps	$9, %zmm1, %zmm3
	vmovaps	%zmm7, %zmm13
	vfmadd213ps	%zmm8, %zmm3, %zmm13
	vfmadd213ps	%zmm9, %zmm3, %zmm13
	vfmadd213ps	%zmm10, %zmm3, %zmm13
	vfmadd213ps	%zmm11, %zmm3, %zmm13
	vscalefps	%zmm1, %zmm13, %zmm1
	vmovups	%zmm1, 768(%rsp,%r9,4)
	vcmpneqps	%zmm2, %zmm18, %k0
	kortestw	%k0, %k0
	je	.LBB0_42
	xorl	%eax, %eax
	.p2align	4
.LBB0_41:
	leaq	(%r9,%rax), %rcx
	vbroadcastss	768(%rsp,%rcx,4), %zmm1
	shlq	$9, %rcx
	vmulps	32000(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32000(%rsp,%rcx)
	vmulps	32064(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32064(%rsp,%rcx)
	vmulps	32128(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32128(%rsp,%rcx)
	vmulps	32192(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32192(%rsp,%rcx)
	vmulps	32256(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32256(%rsp,%rcx)
	vmulps	32320(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32320(%rsp,%rcx)
	vmulps	32384(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 32384(%rsp,%rcx)
	vmulps	32448(%rsp,%rcx), %zmm1, %zmm1
	vmovaps	%zmm1, 32448(%rsp,%rcx)
	incq	%rax
	cmpq	$16, %rax
	jl	.LBB0_41
.LBB0_42:
	addq	%rsp, %rdi
	addq	$1024, %rdi
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_43:
	leaq	(%rdx,%r9), %rbx
	leaq	(%r10,%rbx), %rax
	shlq	$8, %rbx
	vmovaps	3328(%rsp,%rbx), %zmm1
	vmovaps	3392(%rsp,%rbx), %zmm2
	vmovaps	3456(%rsp,%rbx), %zmm3
	vmovaps	3520(%rsp,%rbx), %zmm13
	vbroadcastss	(%rdi,%r9,4), %zmm18
	vsubps	%zmm18, %zmm1, %zmm1
	vmovaps	%zmm7, %zmm19
	vreduceps	$9, %zmm1, %zmm20
	vfmadd213ps	%zmm8, %zmm20, %zmm19
	vfmadd213ps	%zmm9, %zmm20, %zmm19
	vsubps	%zmm18, %zmm2, %zmm2
	vreduceps	$9, %zmm2, %zmm21
	vfmadd213ps	%zmm10, %zmm20, %zmm19
	vfmadd213ps	%zmm11, %zmm20, %zmm19
	vmovaps	%zmm7, %zmm20
	vfmadd213ps	%zmm8, %zmm21, %zmm20
	vfmadd213ps	%zmm9, %zmm21, %zmm20
	vfmadd213ps	%zmm10, %zmm21, %zmm20
	vsubps	%zmm18, %zmm3, %zmm3
	vfmadd213ps	%zmm11, %zmm21, %zmm20
	vreduceps	$9, %zmm3, %zmm21
	vmovaps	%zmm7, %zmm22
	vfmadd213ps	%zmm8, %zmm21, %zmm22
	vfmadd213ps	%zmm9, %zmm21, %zmm22
	vfmadd213ps	%zmm10, %zmm21, %zmm22
	vscalefps	%zmm1, %zmm19, %zmm1
	vfmadd213ps	%zmm11, %zmm21, %zmm22
	movq	%rax, %rcx
	shlq	$6, %rcx
	vsubps	%zmm18, %zmm13, %zmm13
	vreduceps	$9, %zmm13, %zmm18
	vscalefps	%zmm2, %zmm20, %zmm2
	vscalefps	%zmm3, %zmm22, %zmm3
	vmovaps	%zmm7, %zmm19
	vfmadd213ps	%zmm8, %zmm18, %zmm19
	vfmadd213ps	%zmm9, %zmm18, %zmm19
	vfmadd213ps	%zmm10, %zmm18, %zmm19
	vcvtne2ps2bf16	%zmm1, %zmm2, %zmm1
	vfmadd213ps	%zmm11, %zmm18, %zmm19
	vscalefps	%zmm13, %zmm19, %zmm2
	vmovaps	11520(%rsp,%rcx), %zmm13
	vcvtne2ps2bf16	%zmm3, %zmm2, %zmm2
	vmulps	768(%rsp,%rax,4){1to16}, %zmm13, %zmm3
	vmovaps	%zmm1, 3328(%rsp,%rbx)
	vmovaps	%zmm2, 3392(%rsp,%rbx)
	vdpbf16ps	%zmm12, %zmm1, %zmm3
	vdpbf16ps	%zmm12, %zmm2, %zmm3
	vmovaps	%zmm3, 11520(%rsp,%rcx)
	incq	%r9
	cmpq	$16, %r9
	jl	.LBB0_43
	addq	$16, %rdx
	cmpq	$32, %rdx
	jl	.LBB0_39
	shlq	$9, %r10
	leaq	(%rsp,%r10), %rax
	addq	$32000, %rax
	xorl	%edx, %edx
	jmp	.LBB0_46
	.p2align	4
.LBB0_51:
	tilestored	%tmm0, (%r9,%rsi)
	tilestored	%tmm1, (%rdi,%rsi)
	tilestored	%tmm2, 8128(%rdi,%rsi)
	tilestored	%tmm3, 8192(%rdi,%rsi)
	addq	$2, %rdx
.LBB0_46:
	cmpq	$7, %rdx
	jg	.LBB0_53
	movq	%rdx, %rcx
	shlq	$6, %rcx
	leaq	(%rax,%rcx), %r9
	tileloadd	(%r9,%rsi), %tmm0
	leaq	(%rax,%rcx), %rdi
	addq	$64, %rdi
	tileloadd	(%rdi,%rsi), %tmm1
	tileloadd	8128(%rdi,%rsi), %tmm2
	tileloadd	8192(%rdi,%rsi), %tmm3
	leaq	(%rsp,%rcx), %r10
	addq	$15616, %r10
	xorl	%ebx, %ebx
	jmp	.LBB0_48
	.p2align	4
.LBB0_50:
	incq	%rbx
	cmpq	$2, %rbx
	jge	.LBB0_51
.LBB0_48:
	movq	%rbx, %rcx
	shlq	$5, %rcx
	cmpq	%rcx, %r8
	jle	.LBB0_50
	movq	%rbx, %rcx
	shlq	$13, %rcx
	leaq	(%r10,%rcx), %r11
	movq	%rbx, %r14
	shlq	$6, %r14
	addq	%rsp, %r14
	addq	$3328, %r14
	tileloadd	(%r14,%r13), %tmm4
	tileloadd	4096(%r14,%r13), %tmm5
	tileloadd	(%r11,%rsi), %tmm6
	tdpbf16ps	%tmm6, %tmm4, %tmm0
	tdpbf16ps	%tmm6, %tmm5, %tmm2
	leaq	64(%r10,%rcx), %rcx
	tileloadd	(%rcx,%rsi), %tmm7
	tdpbf16ps	%tmm7, %tmm4, %tmm1
	tdpbf16ps	%tmm7, %tmm5, %tmm3
	jmp	.LBB0_50
	.p2align	4
.LBB0_9:
	xorl	%eax, %eax
	movq	88(%rsp), %r8
	vmovss	.LCPI0_2(%rip), %xmm14
	movq	112(%rsp), %r11
	jmp	.LBB0_10
	.p2align	4
.LBB0_12:
	incq	%rax
	cmpq	$64, %rax
	jge	.LBB0_13
.LBB0_10:
	movq	%rax, %rdx
	shrq	%rdx
	addq	%r11, %rdx
	cmpq	40(%rsp), %rdx
	jge	.LBB0_12
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	11520(%rsp,%rcx), %ymm1
	vaddps	11552(%rsp,%rcx), %ymm1, %ymm1
	vextractf128	$1, %ymm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vshufpd	$1, %xmm1, %xmm1, %xmm2
	vaddps	%xmm2, %xmm1, %xmm1
	vmovshdup	%xmm1, %xmm2
	vaddss	%xmm2, %xmm1, %xmm1
	vdivss	%xmm1, %xmm14, %xmm1
	movq	%rax, %rdi
	shlq	$9, %rdi
	shlq	$13, %rdx
	addq	128(%rsp), %rdx
	movl	%eax, %ecx
	andl	$1, %ecx
	addq	%rbx, %rcx
	shlq	$9, %rcx
	vbroadcastss	%xmm1, %zmm1
	vmulps	32000(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, (%rcx,%rdx)
	vmulps	32064(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 64(%rcx,%rdx)
	vmulps	32128(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 128(%rcx,%rdx)
	vmulps	32192(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 192(%rcx,%rdx)
	vmulps	32256(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 256(%rcx,%rdx)
	vmulps	32320(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 320(%rcx,%rdx)
	vmulps	32384(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 384(%rcx,%rdx)
	vmulps	32448(%rsp,%rdi), %zmm1, %zmm1
	vmovups	%zmm1, 448(%rcx,%rdx)
	jmp	.LBB0_12
.LBB0_52:
	tilerelease
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
	.size	attention_f16_16x8x128_t32_rows_4d37064e6d7006c7, .Lfunc_end0-attention_f16_16x8x128_t32_rows_4d37064e6d7006c7

	.section	".note.GNU-stack","",@progbits
