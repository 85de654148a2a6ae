	.file	"attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098"
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
	.globl	attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098
	.p2align	4
	.type	attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098,@function
attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$151872, %rsp
	movq	%rdx, 120(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %r10
	movq	24(%rax), %rdx
	movq	32(%rax), %r8
	movq	%r8, 136(%rsp)
	vmovss	20(%rdi), %xmm0
	vcvtss2sd	%xmm0, %xmm0, %xmm0
	vmulsd	.LCPI0_0(%rip), %xmm0, %xmm0
	vcvtsd2ss	%xmm0, %xmm0, %xmm0
	movq	16(%rcx), %rcx
	movq	(%rdx), %rdi
	movq	8(%rax), %r8
	addq	%rdi, %r8
	movq	%r8, 144(%rsp)
	addq	16(%rax), %rdi
	movq	%rdi, 152(%rsp)
	movl	32(%rdx), %edx
	movq	%rsi, %rax
	leaq	63(%rcx), %r8
	vmovaps	.LCPI0_1(%rip), %zmm1
	vmovaps	%zmm1, 192(%rsp)
	shrq	$6, %r8
	ldtilecfg	192(%rsp)
	leaq	-1(%r8), %rsi
	movq	%rsi, 96(%rsp)
	movq	%rcx, 64(%rsp)
	leaq	-1(%rcx), %r9
	leaq	1(%rdx), %rcx
	movq	%rcx, 88(%rsp)
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
	movl	$256, %r15d
	movb	$-52, %r12b
	movw	$-21846, %r13w
	movq	%r8, 104(%rsp)
	movq	%r10, 32(%rsp)
	movq	%rdx, 112(%rsp)
	movq	%r9, 16(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_13:
	movq	128(%rsp), %rax
	incq	%rax
.LBB0_1:
	cmpq	120(%rsp), %rax
	jge	.LBB0_51
	movq	%rax, %rcx
	orq	%r8, %rcx
	shrq	$32, %rcx
	movq	%rax, 128(%rsp)
	je	.LBB0_3
	xorl	%edx, %edx
	divq	%r8
	movq	%rax, %rdi
	jmp	.LBB0_5
	.p2align	4
.LBB0_3:
	xorl	%edx, %edx
	divl	%r8d
	movl	%eax, %edi
.LBB0_5:
	movq	%rdx, %rax
	shrq	%rax
	movq	96(%rsp), %r11
	subq	%rax, %r11
	testb	$1, %dl
	cmoveq	%rax, %r11
	shlq	$6, %r11
	leaq	63(%r11), %rax
	cmpq	%r9, %rax
	cmovgeq	%r9, %rax
	addq	88(%rsp), %rax
	movq	%rax, 56(%rsp)
	leaq	(%rdi,%rdi), %rbx
	xorl	%eax, %eax
	movq	112(%rsp), %rcx
	.p2align	4
.LBB0_6:
	movq	%rax, %rdx
	shrq	%rdx
	addq	%r11, %rdx
	cmpq	%r9, %rdx
	cmovgeq	%r9, %rdx
	movq	%rdx, %r8
	shlq	$13, %r8
	addq	%r10, %r8
	movl	%eax, %r9d
	andl	$1, %r9d
	addq	%rbx, %r9
	shlq	$9, %r9
	movq	%rax, %r10
	vcvtne2ps2bf16	(%r9,%r8), %zmm3, %zmm14
	shlq	$8, %r10
	vmovaps	%ymm14, 119040(%rsp,%r10)
	vcvtne2ps2bf16	64(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119072(%rsp,%r10)
	vcvtne2ps2bf16	128(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119104(%rsp,%r10)
	vcvtne2ps2bf16	192(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119136(%rsp,%r10)
	vcvtne2ps2bf16	256(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119168(%rsp,%r10)
	vcvtne2ps2bf16	320(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119200(%rsp,%r10)
	vcvtne2ps2bf16	384(%r9,%r8), %zmm3, %zmm14
	vmovaps	%ymm14, 119232(%rsp,%r10)
	vcvtne2ps2bf16	448(%r9,%r8), %zmm3, %zmm14
	movq	%rax, %r8
	shlq	$9, %r8
	vmovaps	%ymm14, 119264(%rsp,%r10)
	leaq	8(%rax), %r9
	movq	%r9, %r10
	shrq	%r10
	addq	%r11, %r10
	cmpq	16(%rsp), %r10
	cmovgeq	16(%rsp), %r10
	shlq	$13, %r10
	addq	32(%rsp), %r10
	andl	$1, %r9d
	addq	%rbx, %r9
	shlq	$9, %r9
	prefetcht0	(%r9,%r10)
	prefetcht0	64(%r9,%r10)
	prefetcht0	128(%r9,%r10)
	prefetcht0	192(%r9,%r10)
	prefetcht0	256(%r9,%r10)
	prefetcht0	320(%r9,%r10)
	prefetcht0	384(%r9,%r10)
	prefetcht0	448(%r9,%r10)
	movq	16(%rsp), %r9
	movq	32(%rsp), %r10
	vmovaps	%zmm3, 37120(%rsp,%r8)
	vmovaps	%zmm3, 37184(%rsp,%r8)
	vmovaps	%zmm3, 37248(%rsp,%r8)
	vmovaps	%zmm3, 37312(%rsp,%r8)
	vmovaps	%zmm3, 37376(%rsp,%r8)
	vmovaps	%zmm3, 37440(%rsp,%r8)
	vmovaps	%zmm3, 37504(%rsp,%r8)
	vmovaps	%zmm3, 37568(%rsp,%r8)
	movq	%rax, %r8
	shlq	$6, %r8
	vmovaps	%zmm3, 28928(%rsp,%r8)
	movl	$-8388608, 2816(%rsp,%rax,4)
	movl	$0, 3840(%rsp,%rax,4)
	addl	%ecx, %edx
	movl	%edx, 2304(%rsp,%rax,4)
	incq	%rax
	cmpq	$128, %rax
	jl	.LBB0_6
	movq	56(%rsp), %rax
	addq	$63, %rax
	shrq	$6, %rax
	movq	%rax, 168(%rsp)
	shlq	$13, %rdi
	leaq	(%rdi,%rdi,4), %rax
	movq	%rax, 160(%rsp)
	movq	64(%rsp), %rax
	subq	%r11, %rax
	cmpq	$64, %rax
	movl	$64, %ecx
	cmovgeq	%rcx, %rax
	leaq	31(,%rax,2), %rax
	shrq	$5, %rax
	movq	%rax, 184(%rsp)
	xorl	%eax, %eax
	movq	%r11, 24(%rsp)
	movq	%rbx, %rsi
	jmp	.LBB0_8
	.p2align	4
.LBB0_22:
	movq	176(%rsp), %rax
	incq	%rax
	vxorps	%xmm3, %xmm3, %xmm3
	vmovdqa64	.LCPI0_3(%rip), %zmm13
.LBB0_8:
	cmpq	168(%rsp), %rax
	jge	.LBB0_9
	movq	%rax, 176(%rsp)
	movq	%rax, %rdi
	shlq	$6, %rdi
	movq	160(%rsp), %rax
	addq	%rdi, %rax
	shlq	$8, %rax
	movq	144(%rsp), %rcx
	leaq	(%rcx,%rax), %rdx
	addq	152(%rsp), %rax
	movq	56(%rsp), %r8
	movq	%rdi, 72(%rsp)
	subq	%rdi, %r8
	cmpq	$64, %r8
	movl	$64, %ecx
	cmovgeq	%rcx, %r8
	movq	%r8, 48(%rsp)
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
	vmovdqa64	%zmm14, 102656(%rsp,%r9)
	vcvtph2ps	4096(%rdx,%r8), %zmm14
	vcvtph2ps	4128(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 102720(%rsp,%r9)
	vcvtph2ps	8192(%rdx,%r8), %zmm14
	vcvtph2ps	8224(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 102784(%rsp,%r9)
	vcvtph2ps	12288(%rdx,%r8), %zmm14
	vcvtph2ps	12320(%rdx,%r8), %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 102848(%rsp,%r9)
	incq	%rdi
	cmpq	$64, %rdi
	jl	.LBB0_15
	movq	48(%rsp), %rcx
	leaq	1(%rcx), %rdx
	shrq	%rdx
	xorl	%edi, %edi
	cmpq	%rdx, %rdi
	jge	.LBB0_18
	.p2align	4
.LBB0_52:
	leaq	1(,%rdi,2), %r8
	xorl	%r9d, %r9d
	cmpq	48(%rsp), %r8
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
	vmovdqa64	%zmm14, 12544(%rsp,%r8)
	vcvtph2ps	32(%rax,%r8), %zmm14
	vcvtph2ps	288(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12608(%rsp,%r8)
	vcvtph2ps	64(%rax,%r8), %zmm14
	vcvtph2ps	320(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12672(%rsp,%r8)
	vcvtph2ps	96(%rax,%r8), %zmm14
	vcvtph2ps	352(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12736(%rsp,%r8)
	vcvtph2ps	128(%rax,%r8), %zmm14
	vcvtph2ps	384(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12800(%rsp,%r8)
	vcvtph2ps	160(%rax,%r8), %zmm14
	vcvtph2ps	416(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12864(%rsp,%r8)
	vcvtph2ps	192(%rax,%r8), %zmm14
	vcvtph2ps	448(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm16
	vcvtne2ps2bf16	%zmm14, %zmm16, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12928(%rsp,%r8)
	vcvtph2ps	224(%rax,%r8), %zmm14
	vcvtph2ps	480(%rax,%r8), %zmm16
	vpandd	%zmm15, %zmm16, %zmm15
	vcvtne2ps2bf16	%zmm14, %zmm15, %zmm14
	vpermw	%zmm14, %zmm13, %zmm14
	vmovdqa64	%zmm14, 12992(%rsp,%r8)
	incq	%rdi
	cmpq	%rdx, %rdi
	jl	.LBB0_52
.LBB0_18:
	movq	16(%rsp), %r9
	movq	24(%rsp), %r11
	cmpq	$32, %rdx
	jge	.LBB0_20
	.p2align	4
.LBB0_53:
	movq	%rdx, %rax
	shlq	$9, %rax
	vmovaps	%zmm3, 12544(%rsp,%rax)
	vmovaps	%zmm3, 12608(%rsp,%rax)
	vmovaps	%zmm3, 12672(%rsp,%rax)
	vmovaps	%zmm3, 12736(%rsp,%rax)
	vmovaps	%zmm3, 12800(%rsp,%rax)
	vmovaps	%zmm3, 12864(%rsp,%rax)
	vmovaps	%zmm3, 12928(%rsp,%rax)
	vmovaps	%zmm3, 12992(%rsp,%rax)
	incq	%rdx
	cmpq	$32, %rdx
	jl	.LBB0_53
.LBB0_20:
	movq	72(%rsp), %rcx
	leaq	64(%rcx), %rax
	movq	%rax, 40(%rsp)
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
	jmp	.LBB0_21
	.p2align	4
.LBB0_54:
	movq	80(%rsp), %rax
	incq	%rax
	movq	32(%rsp), %r10
	movq	16(%rsp), %r9
	movq	24(%rsp), %r11
.LBB0_21:
	cmpq	184(%rsp), %rax
	jge	.LBB0_22
	movq	%rax, 80(%rsp)
	shlq	$7, %rax
	movslq	2428(%rsp,%rax), %r8
	subq	72(%rsp), %r8
	incq	%r8
	movq	48(%rsp), %rcx
	cmpq	%rcx, %r8
	cmovgeq	%rcx, %r8
	testq	%r8, %r8
	jle	.LBB0_54
	movslq	3840(%rsp,%rax), %rdx
	cmpq	40(%rsp), %rdx
	jge	.LBB0_54
	movq	80(%rsp), %r10
	shlq	$5, %r10
	movslq	2304(%rsp,%rax), %rdx
	incq	%rdx
	movq	%r10, %rax
	shlq	$8, %rax
	addq	%rsp, %rax
	addq	$119040, %rax
	xorl	%edi, %edi
	jmp	.LBB0_26
	.p2align	4
.LBB0_30:
	incq	%rdi
	cmpq	$2, %rdi
	jge	.LBB0_31
.LBB0_26:
	movq	%rdi, %r9
	shlq	$5, %r9
	cmpq	%r9, %r8
	jle	.LBB0_30
	movq	%rdi, %r9
	shlq	$7, %r9
	tilezero	%tmm0
	tilezero	%tmm1
	tilezero	%tmm2
	tilezero	%tmm3
	leaq	(%rsp,%r9), %r11
	addq	$102656, %r11
	xorl	%ebx, %ebx
	.p2align	4
.LBB0_28:
	movq	%rbx, %r13
	shlq	$12, %r13
	leaq	(%r11,%r13), %rcx
	movq	%rbx, %r14
	shlq	$6, %r14
	leaq	(%rax,%r14), %r12
	tileloadd	(%r12,%r15), %tmm4
	addq	%rax, %r14
	addq	$4096, %r14
	tileloadd	(%r14,%r15), %tmm5
	tileloadd	(%rcx,%r15), %tmm6
	tdpbf16ps	%tmm6, %tmm4, %tmm0
	tdpbf16ps	%tmm6, %tmm5, %tmm2
	leaq	64(%r11,%r13), %rcx
	tileloadd	(%rcx,%r15), %tmm7
	tdpbf16ps	%tmm7, %tmm4, %tmm1
	tdpbf16ps	%tmm7, %tmm5, %tmm3
	incq	%rbx
	cmpq	$4, %rbx
	jl	.LBB0_28
	leaq	(%rsp,%r9), %rcx
	addq	$4352, %rcx
	tilestored	%tmm0, (%rcx,%r15)
	tilestored	%tmm1, 64(%rcx,%r15)
	tilestored	%tmm2, 4096(%rcx,%r15)
	tilestored	%tmm3, 4160(%rcx,%r15)
	movb	$-52, %r12b
	movw	$-21846, %r13w
	movq	%rsi, %rbx
	jmp	.LBB0_30
	.p2align	4
.LBB0_31:
	cmpq	40(%rsp), %rdx
	jl	.LBB0_34
	xorl	%eax, %eax
	.p2align	4
.LBB0_33:
	movq	%rax, %rcx
	shlq	$8, %rcx
	vmulps	4352(%rsp,%rcx), %zmm0, %zmm18
	vmulps	4416(%rsp,%rcx), %zmm0, %zmm19
	vmulps	4480(%rsp,%rcx), %zmm0, %zmm20
	vmulps	4544(%rsp,%rcx), %zmm0, %zmm21
	vmovaps	%zmm18, 4352(%rsp,%rcx)
	vmovaps	%zmm19, 4416(%rsp,%rcx)
	vmovaps	%zmm20, 4480(%rsp,%rcx)
	vmovaps	%zmm21, 4544(%rsp,%rcx)
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmaxps	%zmm21, %zmm20, %zmm20
	vmaxps	%zmm19, %zmm18, %zmm18
	vmaxps	%zmm20, %zmm18, %zmm18
	vmovaps	%zmm18, 256(%rsp,%rcx)
	incq	%rax
	cmpq	$32, %rax
	jl	.LBB0_33
.LBB0_34:
	cmpq	40(%rsp), %rdx
	jge	.LBB0_37
	xorl	%eax, %eax
	.p2align	4
.LBB0_36:
	leaq	(%r10,%rax), %rcx
	movq	%rax, %rdx
	shlq	$8, %rdx
	vpbroadcastd	2304(%rsp,%rcx,4), %zmm18
	vpcmpled	%zmm18, %zmm14, %k1
	vmovaps	%zmm4, %zmm19
	vmulps	4352(%rsp,%rdx), %zmm0, %zmm19 {%k1}
	vpcmpled	%zmm18, %zmm15, %k1
	vmovaps	%zmm4, %zmm20
	vmulps	4416(%rsp,%rdx), %zmm0, %zmm20 {%k1}
	vpcmpled	%zmm18, %zmm16, %k1
	vmovaps	%zmm4, %zmm21
	vmulps	4480(%rsp,%rdx), %zmm0, %zmm21 {%k1}
	vpcmpled	%zmm18, %zmm17, %k1
	vmovaps	%zmm4, %zmm18
	vmulps	4544(%rsp,%rdx), %zmm0, %zmm18 {%k1}
	vmovaps	%zmm19, 4352(%rsp,%rdx)
	vmovaps	%zmm20, 4416(%rsp,%rdx)
	vmovaps	%zmm21, 4480(%rsp,%rdx)
	vmovaps	%zmm18, 4544(%rsp,%rdx)
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmaxps	%zmm18, %zmm21, %zmm18
	vmaxps	%zmm20, %zmm19, %zmm19
	vmaxps	%zmm18, %zmm19, %zmm18
	vmovaps	%zmm18, 256(%rsp,%rcx)
	incq	%rax
	cmpq	$32, %rax
	jl	.LBB0_36
.LBB0_37:
	xorl	%edx, %edx
	.p2align	4
.LBB0_38:
	leaq	(%r10,%rdx), %rdi
	movq	%rdx, %r9
	shlq	$6, %r9
	vmovapd	256(%rsp,%r9), %zmm19
	vmovapd	320(%rsp,%r9), %zmm20
	vmovapd	384(%rsp,%r9), %zmm21
	vmovapd	448(%rsp,%r9), %zmm22
	vmovapd	512(%rsp,%r9), %zmm23
	vmovapd	576(%rsp,%r9), %zmm24
	vmovapd	640(%rsp,%r9), %zmm25
	vmovapd	704(%rsp,%r9), %zmm26
	vmovapd	768(%rsp,%r9), %zmm27
	vmovapd	832(%rsp,%r9), %zmm28
	vmovapd	896(%rsp,%r9), %zmm29
	vmovapd	960(%rsp,%r9), %zmm30
	vmovapd	1024(%rsp,%r9), %zmm31
	vmovapd	1088(%rsp,%r9), %zmm13
	vmovapd	1152(%rsp,%r9), %zmm3
	vmovapd	1216(%rsp,%r9), %zmm1
	vmovups	2816(%rsp,%rdi,4), %zmm18
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
	kmovd	%r12d, %k1
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
	kmovd	%r13d, %k1
	vblendmps	%zmm1, %zmm2, %zmm3 {%k1}
	vpermt2ps	%zmm1, %zmm6, %zmm2
	vmaxps	%zmm2, %zmm3, %zmm1
	vcmpnltps	%zmm18, %zmm1, %k1
	vmaxps	%zmm1, %zmm18, %zmm2
	vmovups	%zmm1, 2816(%rsp,%rdi,4) {%k1}
	vcmpneqps	%zmm4, %zmm2, %k1
	vmovaps	%zmm2, %zmm1 {%k1} {z}
	vmovaps	%zmm1, 256(%rsp,%r9)
	vsubps	%zmm1, %zmm18, %zmm1
	vreduceps	$9, %zmm1, %zmm3
	vmovaps	%zmm7, %zmm13
	vfmadd213ps	%zmm8, %zmm3, %zmm13
	vfmadd213ps	%zmm9, %zmm3, %zmm13
	vfmadd213ps	%zmm10, %zmm3, %zmm13
	vfmadd213ps	%zmm11, %zmm3, %zmm13
	vscalefps	%zmm1, %zmm13, %zmm1
	vmovups	%zmm1, 3328(%rsp,%rdi,4)
	vcmpneqps	%zmm2, %zmm18, %k0
	kortestw	%k0, %k0
	je	.LBB0_41
	xorl	%eax, %eax
	.p2align	4
.LBB0_40:
	leaq	(%rdi,%rax), %rcx
	vbroadcastss	3328(%rsp,%rcx,4), %zmm1
	shlq	$9, %rcx
	vmulps	37120(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37120(%rsp,%rcx)
	vmulps	37184(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37184(%rsp,%rcx)
	vmulps	37248(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37248(%rsp,%rcx)
	vmulps	37312(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37312(%rsp,%rcx)
	vmulps	37376(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37376(%rsp,%rcx)
	vmulps	37440(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37440(%rsp,%rcx)
	vmulps	37504(%rsp,%rcx), %zmm1, %zmm2
	vmovaps	%zmm2, 37504(%rsp,%rcx)
	vmulps	37568(%rsp,%rcx), %zmm1, %zmm1
	vmovaps	%zmm1, 37568(%rsp,%rcx)
	incq	%rax
	cmpq	$16, %rax
	jl	.LBB0_40
.LBB0_41:
	leaq	(%rsp,%r9), %rdi
	addq	$256, %rdi
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_42:
	leaq	(%rdx,%r9), %r11
	leaq	(%r10,%r11), %rax
	shlq	$8, %r11
	vmovaps	4352(%rsp,%r11), %zmm1
	vmovaps	4416(%rsp,%r11), %zmm2
	vmovaps	4480(%rsp,%r11), %zmm3
	vmovaps	4544(%rsp,%r11), %zmm13
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
	vmovaps	28928(%rsp,%rcx), %zmm13
	vcvtne2ps2bf16	%zmm3, %zmm2, %zmm2
	vmulps	3328(%rsp,%rax,4){1to16}, %zmm13, %zmm3
	vmovaps	%zmm1, 4352(%rsp,%r11)
	vmovaps	%zmm2, 4416(%rsp,%r11)
	vdpbf16ps	%zmm12, %zmm1, %zmm3
	vdpbf16ps	%zmm12, %zmm2, %zmm3
	vmovaps	%zmm3, 28928(%rsp,%rcx)
	incq	%r9
	cmpq	$16, %r9
	jl	.LBB0_42
	addq	$16, %rdx
	cmpq	$32, %rdx
	jl	.LBB0_38
	shlq	$9, %r10
	leaq	(%rsp,%r10), %rax
	addq	$37120, %rax
	xorl	%edx, %edx
	jmp	.LBB0_45
	.p2align	4
.LBB0_50:
	movl	$512, %ecx
	tilestored	%tmm0, (%r9,%rcx)
	tilestored	%tmm1, (%rdi,%rcx)
	tilestored	%tmm2, 8128(%rdi,%rcx)
	tilestored	%tmm3, 8192(%rdi,%rcx)
	addq	$2, %rdx
.LBB0_45:
	cmpq	$7, %rdx
	jg	.LBB0_54
	movq	%rdx, %rcx
	shlq	$6, %rcx
	leaq	(%rax,%rcx), %r9
	movl	$512, %r10d
	tileloadd	(%r9,%r10), %tmm0
	leaq	(%rax,%rcx), %rdi
	addq	$64, %rdi
	tileloadd	(%rdi,%r10), %tmm1
	tileloadd	8128(%rdi,%r10), %tmm2
	tileloadd	8192(%rdi,%r10), %tmm3
	leaq	(%rsp,%rcx), %r10
	addq	$12544, %r10
	xorl	%r11d, %r11d
	jmp	.LBB0_47
	.p2align	4
.LBB0_49:
	incq	%r11
	cmpq	$2, %r11
	jge	.LBB0_50
.LBB0_47:
	movq	%r11, %rcx
	shlq	$5, %rcx
	cmpq	%rcx, %r8
	jle	.LBB0_49
	movq	%r11, %rcx
	shlq	$13, %rcx
	leaq	(%r10,%rcx), %rbx
	movq	%r11, %r14
	shlq	$6, %r14
	addq	%rsp, %r14
	addq	$4352, %r14
	tileloadd	(%r14,%r15), %tmm4
	tileloadd	4096(%r14,%r15), %tmm5
	movl	$512, %r14d
	tileloadd	(%rbx,%r14), %tmm6
	movq	%rsi, %rbx
	tdpbf16ps	%tmm6, %tmm4, %tmm0
	tdpbf16ps	%tmm6, %tmm5, %tmm2
	leaq	64(%r10,%rcx), %rcx
	tileloadd	(%rcx,%r14), %tmm7
	tdpbf16ps	%tmm7, %tmm4, %tmm1
	tdpbf16ps	%tmm7, %tmm5, %tmm3
	jmp	.LBB0_49
	.p2align	4
.LBB0_9:
	xorl	%eax, %eax
	movq	104(%rsp), %r8
	vmovss	.LCPI0_2(%rip), %xmm14
	jmp	.LBB0_10
	.p2align	4
.LBB0_12:
	incq	%rax
	cmpq	$128, %rax
	jge	.LBB0_13
.LBB0_10:
	movq	%rax, %rdx
	shrq	%rdx
	addq	%r11, %rdx
	cmpq	64(%rsp), %rdx
	jge	.LBB0_12
	movq	%rax, %rcx
	shlq	$6, %rcx
	vmovaps	28928(%rsp,%rcx), %ymm1
	vaddps	28960(%rsp,%rcx), %ymm1, %ymm1
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
	addq	136(%rsp), %rdx
	movl	%eax, %ecx
	andl	$1, %ecx
	addq	%rbx, %rcx
	shlq	$9, %rcx
	vbroadcastss	%xmm1, %zmm1
	vmulps	37120(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, (%rcx,%rdx)
	vmulps	37184(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 64(%rcx,%rdx)
	vmulps	37248(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 128(%rcx,%rdx)
	vmulps	37312(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 192(%rcx,%rdx)
	vmulps	37376(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 256(%rcx,%rdx)
	vmulps	37440(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 320(%rcx,%rdx)
	vmulps	37504(%rsp,%rdi), %zmm1, %zmm2
	vmovups	%zmm2, 384(%rcx,%rdx)
	vmulps	37568(%rsp,%rdi), %zmm1, %zmm1
	movq	24(%rsp), %r11
	vmovups	%zmm1, 448(%rcx,%rdx)
	jmp	.LBB0_12
.LBB0_51:
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
	.size	attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098, .Lfunc_end0-attention_f16_16x8x128_t64_rows_e1380ce3c4d9b098

	.section	".note.GNU-stack","",@progbits
