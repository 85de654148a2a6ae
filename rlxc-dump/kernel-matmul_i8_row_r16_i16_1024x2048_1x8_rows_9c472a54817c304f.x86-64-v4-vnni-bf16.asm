	.file	"matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f"
	.section	.rodata.cst8,"aM",@progbits,8
	.p2align	3, 0x0
.LCPI0_0:
	.long	8
	.long	0
	.section	.rodata,"a",@progbits
	.p2align	6, 0x0
.LCPI0_1:
	.byte	4
	.byte	5
	.byte	6
	.byte	7
	.byte	128
	.byte	0
	.byte	1
	.byte	2
	.byte	12
	.byte	13
	.byte	14
	.byte	15
	.byte	128
	.byte	8
	.byte	9
	.byte	10
	.byte	20
	.byte	21
	.byte	22
	.byte	23
	.byte	128
	.byte	16
	.byte	17
	.byte	18
	.byte	28
	.byte	29
	.byte	30
	.byte	31
	.byte	128
	.byte	24
	.byte	25
	.byte	26
	.byte	36
	.byte	37
	.byte	38
	.byte	39
	.byte	128
	.byte	32
	.byte	33
	.byte	34
	.byte	44
	.byte	45
	.byte	46
	.byte	47
	.byte	128
	.byte	40
	.byte	41
	.byte	42
	.byte	52
	.byte	53
	.byte	54
	.byte	55
	.byte	128
	.byte	48
	.byte	49
	.byte	50
	.byte	60
	.byte	61
	.byte	62
	.byte	63
	.byte	128
	.byte	56
	.byte	57
	.byte	58
	.text
	.globl	matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f
	.p2align	4
	.type	matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f,@function
matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$2088, %rsp
	movq	%rdx, -96(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -64(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -104(%rsp)
	movq	16(%rax), %rdx
	movq	%rdx, -112(%rsp)
	movq	24(%rax), %rax
	movq	%rax, -120(%rsp)
	movq	16(%rcx), %rdx
	movl	64(%rdi), %eax
	movl	68(%rdi), %r14d
	leaq	7(%rdx), %r8
	shrq	$3, %r8
	xorl	%ecx, %ecx
	cmpq	$1, %r8
	movl	$32832, %r12d
	cmoveq	%rax, %r12
	cmovneq	%rcx, %r14
	vpxor	%xmm6, %xmm6, %xmm6
	movq	%r8, -80(%rsp)
	movq	%rdx, -72(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-88(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-96(%rsp), %rsi
	jge	.LBB0_21
	imulq	$32832, %rsi, %rax
	movq	-104(%rsp), %rcx
	leaq	(%rcx,%rax), %r13
	addq	$64, %r13
	vmovaps	(%rcx,%rax), %zmm7
	movq	%rsi, -88(%rsp)
	shlq	$6, %rsi
	movq	-112(%rsp), %rax
	leaq	(%rax,%rsi), %r10
	addq	-120(%rsp), %rsi
	movq	%rsi, 8(%rsp)
	xorl	%ecx, %ecx
	vmovups	%zmm7, 544(%rsp)
	.p2align	4
.LBB0_3:
	cmpq	%r8, %rcx
	jge	.LBB0_4
	movq	%rcx, %rax
	shlq	$5, %rax
	movq	%rax, %rdx
	orq	%r8, %rdx
	shrq	$32, %rdx
	je	.LBB0_6
	xorl	%edx, %edx
	divq	%r8
	movq	%rax, %rdi
	jmp	.LBB0_8
	.p2align	4
.LBB0_6:
	xorl	%edx, %edx
	divl	%r8d
	movl	%eax, %edi
.LBB0_8:
	leaq	1(%rcx), %rsi
	movq	%rsi, %rax
	shlq	$5, %rax
	movq	%rax, %rdx
	orq	%r8, %rdx
	shrq	$32, %rdx
	movq	%rsi, 88(%rsp)
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r8
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r8d
.LBB0_11:
	leaq	(%rcx,%rcx,8), %rsi
	shlq	$3, %rcx
	shlq	$12, %rsi
	addq	-64(%rsp), %rsi
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	movq	%rcx, %r15
	shlq	$12, %r15
	prefetcht0	(%r10,%r15)
	leaq	1(%rcx), %r9
	movq	%r9, 80(%rsp)
	shlq	$12, %r9
	prefetcht0	(%r10,%r9)
	leaq	2(%rcx), %r11
	movq	%r11, 72(%rsp)
	shlq	$12, %r11
	prefetcht0	(%r10,%r11)
	leaq	3(%rcx), %rbp
	movq	%rbp, 64(%rsp)
	shlq	$12, %rbp
	prefetcht0	(%r10,%rbp)
	leaq	4(%rcx), %rbx
	movq	%rbx, 48(%rsp)
	shlq	$12, %rbx
	prefetcht0	(%r10,%rbx)
	leaq	5(%rcx), %r8
	movq	%r8, 24(%rsp)
	shlq	$12, %r8
	prefetcht0	(%r10,%r8)
	leaq	6(%rcx), %rdx
	movq	%rdx, -8(%rsp)
	shlq	$12, %rdx
	prefetcht0	(%r10,%rdx)
	addq	$7, %rcx
	movq	%rcx, -32(%rsp)
	shlq	$12, %rcx
	prefetcht0	(%r10,%rcx)
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm16, %xmm16, %xmm16
	vxorps	%xmm15, %xmm15, %xmm15
	vxorps	%xmm13, %xmm13, %xmm13
	vxorps	%xmm8, %xmm8, %xmm8
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm3, %xmm3, %xmm3
	vxorps	%xmm2, %xmm2, %xmm2
	movq	%rbp, 56(%rsp)
	leaq	(%r10,%rbp), %rbp
	movq	%rbp, 40(%rsp)
	movq	%rbx, 32(%rsp)
	leaq	(%r10,%rbx), %rbx
	movq	%rbx, 16(%rsp)
	movq	%r8, (%rsp)
	addq	%r10, %r8
	movq	%r8, -16(%rsp)
	movq	%rdx, -24(%rsp)
	addq	%r10, %rdx
	movq	%rdx, -40(%rsp)
	movq	%rcx, -48(%rsp)
	addq	%r10, %rcx
	movq	%rcx, -56(%rsp)
	xorl	%edx, %edx
	xorl	%ecx, %ecx
	.p2align	4
.LBB0_12:
	vmovups	%zmm13, 1184(%rsp)
	vmovups	%zmm8, 1376(%rsp)
	vmovups	%zmm17, 1696(%rsp)
	vmovups	%zmm16, 1760(%rsp)
	vmovups	%zmm15, 1824(%rsp)
	vmovups	%zmm4, 1888(%rsp)
	vmovups	%zmm3, 1952(%rsp)
	vmovups	%zmm2, 2016(%rsp)
	movq	%rdx, %r8
	vpunpckldq	544(%rsi,%rcx){1to16}, %zmm6, %zmm26
	subq	%rdi, %r8
	vpunpckldq	548(%rsi,%rcx){1to16}, %zmm6, %zmm24
	vpunpckldq	552(%rsi,%rcx){1to16}, %zmm6, %zmm22
	cmpq	%rax, %r8
	movl	$0, %r8d
	vpunpckldq	556(%rsi,%rcx){1to16}, %zmm6, %zmm20
	vpunpckldq	560(%rsi,%rcx){1to16}, %zmm6, %zmm16
	cmovbq	%r12, %r8
	movl	$0, %ebx
	vpunpckldq	564(%rsi,%rcx){1to16}, %zmm6, %zmm17
	vpunpckldq	568(%rsi,%rcx){1to16}, %zmm6, %zmm5
	cmovbq	%r14, %rbx
	leaq	(%r13,%rdx), %rbp
	vpunpckldq	572(%rsi,%rcx){1to16}, %zmm6, %zmm14
	#MEMBARRIER
	vmovdqa64	(%r13,%rdx), %zmm0
	prefetcht0	(%r8,%rbp)
	prefetcht1	(%rbx,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm26, %zmm27
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	8(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm24, %zmm25
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	16(%rsi,%rcx), %zmm3
	vmovdqa64	%zmm22, %zmm23
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	24(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm20, %zmm15
	vpdpbusd	%zmm2, %zmm0, %zmm15
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpbroadcastq	32(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm16, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm9
	vpbroadcastq	40(%rsi,%rcx), %zmm3
	vmovdqa64	%zmm17, %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vpdpbusd	%zmm3, %zmm0, %zmm4
	vmovdqa64	%zmm4, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpbroadcastq	48(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm5, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm11
	vpdpbusd	%zmm2, %zmm1, %zmm5
	vmovdqa64	%zmm5, %zmm12
	vpbroadcastq	56(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm14, %zmm4
	vmovdqa64	%zmm14, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm5
	#MEMBARRIER
	prefetcht0	64(%r8,%rbp)
	prefetcht1	64(%rbx,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm4
	vmovdqa64	%zmm4, %zmm14
	vmovdqa64	64(%r13,%rdx), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	64(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	72(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	80(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm4, %zmm0, %zmm23
	vpbroadcastq	88(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm15
	vpdpbusd	%zmm4, %zmm1, %zmm22
	vpbroadcastq	96(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm9
	vpbroadcastq	104(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpdpbusd	%zmm3, %zmm1, %zmm16
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vpbroadcastq	112(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vpdpbusd	%zmm4, %zmm1, %zmm17
	vpbroadcastq	120(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	128(%r8,%rbp)
	prefetcht1	128(%rbx,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vmovdqa64	128(%r13,%rdx), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	128(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm14
	vpdpbusd	%zmm4, %zmm0, %zmm27
	vpdpbusd	%zmm4, %zmm2, %zmm26
	vpbroadcastq	136(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm25
	vpdpbusd	%zmm1, %zmm2, %zmm24
	vpbroadcastq	144(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	152(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm22
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm20
	vpbroadcastq	160(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpbroadcastq	168(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpbroadcastq	176(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm17
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	184(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	192(%r8,%rbp)
	vpdpbusd	%zmm3, %zmm2, %zmm12
	prefetcht1	192(%rbx,%rbp)
	vmovdqa64	192(%r13,%rdx), %zmm0
	vpbroadcastq	192(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm14
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm0, %zmm27
	vpbroadcastq	200(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	208(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	216(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm15
	vpbroadcastq	224(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm4, %zmm1, %zmm20
	vpbroadcastq	232(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	240(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpdpbusd	%zmm4, %zmm0, %zmm11
	vpbroadcastq	248(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	vpdpbusd	%zmm4, %zmm1, %zmm12
	prefetcht0	256(%r8,%rbp)
	prefetcht1	256(%rbx,%rbp)
	vmovdqa64	256(%r13,%rdx), %zmm0
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vpbroadcastq	256(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	264(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm26
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm24
	vpbroadcastq	272(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm3, %zmm22
	vpbroadcastq	280(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm15
	vpbroadcastq	288(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm2, %zmm3, %zmm16
	vpbroadcastq	296(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm1, %zmm3, %zmm17
	vpbroadcastq	304(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm11
	vpbroadcastq	312(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm12
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	320(%r8,%rbp)
	prefetcht1	320(%rbx,%rbp)
	vmovdqa64	320(%r13,%rdx), %zmm0
	vpdpbusd	%zmm2, %zmm3, %zmm14
	vmovdqa64	%zmm14, %zmm18
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	320(%rsi,%rcx), %zmm2
	vpbroadcastq	328(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	336(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpbroadcastq	344(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpbroadcastq	352(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm22
	vpdpbusd	%zmm3, %zmm1, %zmm20
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vpbroadcastq	360(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm4, %zmm1, %zmm16
	vpbroadcastq	368(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	376(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm17
	vpdpbusd	%zmm3, %zmm1, %zmm12
	vmovdqa64	%zmm12, %zmm14
	vpdpbusd	%zmm4, %zmm0, %zmm5
	vmovdqa64	%zmm5, %zmm12
	#MEMBARRIER
	prefetcht0	384(%r8,%rbp)
	vmovdqa64	384(%r13,%rdx), %zmm0
	vpdpbusd	%zmm4, %zmm1, %zmm18
	prefetcht1	384(%rbx,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	384(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	392(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	400(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	408(%rsi,%rcx), %zmm2
	vpbroadcastq	416(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm2, %zmm0, %zmm15
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vmovdqu64	%zmm9, 1120(%rsp)
	vpbroadcastq	424(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vmovdqu64	%zmm10, 416(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpbroadcastq	432(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vmovdqu64	%zmm11, 352(%rsp)
	vpbroadcastq	440(%rsi,%rcx), %zmm5
	vpdpbusd	%zmm4, %zmm1, %zmm16
	vpdpbusd	%zmm5, %zmm0, %zmm12
	vmovdqu64	%zmm12, 288(%rsp)
	#MEMBARRIER
	vmovdqa64	448(%r13,%rdx), %zmm4
	vbroadcastsd	448(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 1056(%rsp)
	vpdpbusd	%zmm3, %zmm1, %zmm17
	prefetcht0	448(%r8,%rbp)
	vbroadcastsd	456(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 992(%rsp)
	vbroadcastsd	464(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 928(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vmovdqu64	%zmm14, 224(%rsp)
	prefetcht1	448(%rbx,%rbp)
	vbroadcastsd	472(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 864(%rsp)
	vbroadcastsd	480(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 800(%rsp)
	vpdpbusd	%zmm5, %zmm1, %zmm18
	vmovdqu64	%zmm18, 96(%rsp)
	vbroadcastsd	488(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 736(%rsp)
	vbroadcastsd	496(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 672(%rsp)
	vbroadcastsd	504(%rsi,%rcx), %zmm0
	vmovups	%zmm0, 608(%rsp)
	vmulps	512(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 480(%rsp)
	vmulps	516(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 160(%rsp)
	vmulps	520(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1248(%rsp)
	vmulps	524(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1312(%rsp)
	vmulps	528(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1440(%rsp)
	vmulps	532(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1568(%rsp)
	vmulps	536(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1632(%rsp)
	vmulps	540(%rsi,%rcx){1to16}, %zmm7, %zmm0
	vmovups	%zmm0, 1504(%rsp)
	vpunpckldq	1120(%rsi,%rcx){1to16}, %zmm6, %zmm7
	vpunpckldq	1124(%rsi,%rcx){1to16}, %zmm6, %zmm18
	vpunpckldq	1128(%rsi,%rcx){1to16}, %zmm6, %zmm28
	vpunpckldq	1132(%rsi,%rcx){1to16}, %zmm6, %zmm31
	vpunpckldq	1136(%rsi,%rcx){1to16}, %zmm6, %zmm9
	vpunpckldq	1140(%rsi,%rcx){1to16}, %zmm6, %zmm11
	vpunpckldq	1144(%rsi,%rcx){1to16}, %zmm6, %zmm14
	vpunpckldq	1148(%rsi,%rcx){1to16}, %zmm6, %zmm19
	#MEMBARRIER
	vmovdqa64	512(%r13,%rdx), %zmm0
	vpbroadcastq	576(%rsi,%rcx), %zmm3
	vmovdqa64	%zmm7, %zmm21
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	584(%rsi,%rcx), %zmm3
	vmovdqa64	%zmm18, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm6
	vpdpbusd	%zmm3, %zmm1, %zmm18
	vpbroadcastq	592(%rsi,%rcx), %zmm5
	vmovdqa64	%zmm28, %zmm8
	vpdpbusd	%zmm5, %zmm0, %zmm8
	vpbroadcastq	600(%rsi,%rcx), %zmm10
	vpdpbusd	%zmm5, %zmm1, %zmm28
	vmovdqa64	%zmm31, %zmm13
	vpdpbusd	%zmm10, %zmm0, %zmm13
	vpdpbusd	%zmm10, %zmm1, %zmm31
	vpbroadcastq	608(%rsi,%rcx), %zmm5
	vmovdqa64	%zmm9, %zmm30
	vpdpbusd	%zmm5, %zmm0, %zmm30
	vpdpbusd	%zmm5, %zmm1, %zmm9
	vpbroadcastq	616(%rsi,%rcx), %zmm5
	vmovdqa64	%zmm11, %zmm29
	vpdpbusd	%zmm5, %zmm0, %zmm29
	vpbroadcastq	624(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm5, %zmm1, %zmm11
	vmovdqa64	%zmm14, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	632(%rsi,%rcx), %zmm2
	vmovdqa64	%zmm19, %zmm10
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm14
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vmovdqu64	1056(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm0
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vmovdqu64	992(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm25
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vmovdqu64	928(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm23
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vmovdqu64	864(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm15
	vpdpbusd	%zmm1, %zmm0, %zmm20
	vmovdqu64	1120(%rsp), %zmm5
	vmovdqu64	800(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm5
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vmovdqu64	416(%rsp), %zmm1
	vmovdqu64	736(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 416(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm17
	vmovdqu64	352(%rsp), %zmm1
	vmovdqu64	672(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 352(%rsp)
	vmovdqu64	224(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, 224(%rsp)
	vmovdqu64	288(%rsp), %zmm1
	vmovdqu64	608(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 288(%rsp)
	vmovdqu64	96(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, 96(%rsp)
	prefetcht0	512(%r8,%rbp)
	prefetcht1	512(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	576(%r13,%rdx), %zmm0
	vpbroadcastq	640(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	648(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpbroadcastq	656(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	664(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	672(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	680(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	688(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	696(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm14
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vmovdqa64	.LCPI0_1(%rip), %zmm4
	vpshufb	%zmm4, %zmm26, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm26
	vpsllvd	%zmm26, %zmm27, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	480(%rsp), %zmm1
	vfmadd213ps	1696(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 480(%rsp)
	prefetcht0	576(%r8,%rbp)
	prefetcht1	576(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	640(%r13,%rdx), %zmm0
	vpbroadcastq	704(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	712(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpbroadcastq	720(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	728(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	736(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	744(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	752(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	760(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm14
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpshufb	%zmm4, %zmm24, %zmm0
	vpsllvd	%zmm26, %zmm25, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	160(%rsp), %zmm1
	vfmadd213ps	1760(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 160(%rsp)
	prefetcht0	640(%r8,%rbp)
	prefetcht1	640(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	704(%r13,%rdx), %zmm0
	vpbroadcastq	768(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	776(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpbroadcastq	784(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	792(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	800(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	808(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	816(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	824(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm14
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpshufb	%zmm4, %zmm22, %zmm0
	vpsllvd	%zmm26, %zmm23, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	1248(%rsp), %zmm27
	vfmadd213ps	1824(%rsp), %zmm0, %zmm27
	prefetcht0	704(%r8,%rbp)
	prefetcht1	704(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	768(%r13,%rdx), %zmm0
	vpbroadcastq	832(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	840(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpbroadcastq	848(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	856(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	864(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	872(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	880(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	888(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm14
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpshufb	%zmm4, %zmm20, %zmm0
	vpsllvd	%zmm26, %zmm15, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	1312(%rsp), %zmm24
	vfmadd213ps	1184(%rsp), %zmm0, %zmm24
	prefetcht0	768(%r8,%rbp)
	prefetcht1	768(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	832(%r13,%rdx), %zmm0
	vpbroadcastq	896(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	904(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpbroadcastq	912(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	920(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	928(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	936(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	944(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	952(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm14
	prefetcht0	832(%r8,%rbp)
	prefetcht1	832(%rbx,%rbp)
	#MEMBARRIER
	vmovdqa64	896(%r13,%rdx), %zmm0
	vpbroadcastq	960(%rsi,%rcx), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	968(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm6
	vpdpbusd	%zmm2, %zmm1, %zmm18
	vpbroadcastq	976(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm28
	vpbroadcastq	984(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm13
	vpdpbusd	%zmm2, %zmm1, %zmm31
	vpbroadcastq	992(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vpbroadcastq	1000(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm29
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpbroadcastq	1008(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vpbroadcastq	1016(%rsi,%rcx), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpshufb	%zmm4, %zmm16, %zmm0
	vpsllvd	%zmm26, %zmm5, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vpshufb	%zmm4, %zmm17, %zmm1
	vmovdqu64	416(%rsp), %zmm2
	vpsllvd	%zmm26, %zmm2, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovdqu64	224(%rsp), %zmm2
	vpshufb	%zmm4, %zmm2, %zmm2
	vmovdqa64	%zmm4, %zmm22
	vmovdqu64	352(%rsp), %zmm3
	vpsllvd	%zmm26, %zmm3, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vmovdqu64	96(%rsp), %zmm3
	vpshufb	%zmm4, %zmm3, %zmm3
	vmovdqu64	288(%rsp), %zmm4
	vpsllvd	%zmm26, %zmm4, %zmm4
	vpaddd	%zmm3, %zmm4, %zmm3
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	896(%r8,%rbp)
	prefetcht1	896(%rbx,%rbp)
	#MEMBARRIER
	vmovups	1440(%rsp), %zmm25
	vfmadd213ps	1376(%rsp), %zmm0, %zmm25
	vmovdqa64	960(%r13,%rdx), %zmm0
	vpbroadcastq	1024(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm15
	vpdpbusd	%zmm4, %zmm15, %zmm7
	vpbroadcastq	1032(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm6
	vpbroadcastq	1040(%rsi,%rcx), %zmm16
	vpdpbusd	%zmm4, %zmm15, %zmm18
	vpdpbusd	%zmm16, %zmm0, %zmm8
	vpdpbusd	%zmm16, %zmm15, %zmm28
	vpbroadcastq	1048(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm13
	vpdpbusd	%zmm4, %zmm15, %zmm31
	vpbroadcastq	1056(%rsi,%rcx), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm30
	vpbroadcastq	1064(%rsi,%rcx), %zmm16
	vpdpbusd	%zmm4, %zmm15, %zmm9
	vpdpbusd	%zmm16, %zmm0, %zmm29
	vpdpbusd	%zmm16, %zmm15, %zmm11
	vcvtdq2ps	%zmm1, %zmm1
	vcvtdq2ps	%zmm2, %zmm2
	vmovups	1568(%rsp), %zmm23
	vfmadd213ps	1888(%rsp), %zmm1, %zmm23
	vpbroadcastq	1072(%rsi,%rcx), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpbroadcastq	1080(%rsi,%rcx), %zmm4
	vmovups	1632(%rsp), %zmm20
	vfmadd213ps	1952(%rsp), %zmm2, %zmm20
	vpdpbusd	%zmm1, %zmm15, %zmm14
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vcvtdq2ps	%zmm3, %zmm0
	prefetcht0	960(%r8,%rbp)
	prefetcht1	960(%rbx,%rbp)
	vmovups	1504(%rsp), %zmm5
	vfmadd213ps	2016(%rsp), %zmm0, %zmm5
	vpdpbusd	%zmm4, %zmm15, %zmm19
	vpshufb	%zmm22, %zmm7, %zmm0
	vmovups	544(%rsp), %zmm7
	vpsllvd	%zmm26, %zmm21, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	1088(%rsi,%rcx){1to16}, %zmm7, %zmm17
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm22, %zmm18, %zmm1
	vpsllvd	%zmm26, %zmm6, %zmm2
	vpxor	%xmm6, %xmm6, %xmm6
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1092(%rsi,%rcx){1to16}, %zmm7, %zmm16
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm22, %zmm28, %zmm2
	vpsllvd	%zmm26, %zmm8, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vfmadd213ps	480(%rsp), %zmm0, %zmm17
	vmulps	1096(%rsi,%rcx){1to16}, %zmm7, %zmm15
	vpshufb	%zmm22, %zmm31, %zmm0
	vpsllvd	%zmm26, %zmm13, %zmm3
	vpaddd	%zmm0, %zmm3, %zmm0
	vfmadd213ps	160(%rsp), %zmm1, %zmm16
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1100(%rsi,%rcx){1to16}, %zmm7, %zmm13
	vpshufb	%zmm22, %zmm9, %zmm1
	vpsllvd	%zmm26, %zmm30, %zmm3
	vfmadd213ps	%zmm27, %zmm2, %zmm15
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	1104(%rsi,%rcx){1to16}, %zmm7, %zmm8
	vpshufb	%zmm22, %zmm11, %zmm2
	vfmadd213ps	%zmm24, %zmm0, %zmm13
	vpsllvd	%zmm26, %zmm29, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1108(%rsi,%rcx){1to16}, %zmm7, %zmm4
	vfmadd213ps	%zmm25, %zmm1, %zmm8
	vpshufb	%zmm22, %zmm14, %zmm1
	vpsllvd	%zmm26, %zmm12, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1112(%rsi,%rcx){1to16}, %zmm7, %zmm3
	vfmadd213ps	%zmm23, %zmm0, %zmm4
	vcvtdq2ps	%zmm1, %zmm0
	vpshufb	%zmm22, %zmm19, %zmm1
	vpsllvd	%zmm26, %zmm10, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm20, %zmm0, %zmm3
	vmulps	1116(%rsi,%rcx){1to16}, %zmm7, %zmm2
	vfmadd213ps	%zmm5, %zmm1, %zmm2
	addq	$1152, %rcx
	addq	$1024, %rdx
	cmpq	$32768, %rdx
	jl	.LBB0_12
	leaq	(%r10,%r15), %rax
	vaddps	(%rax), %zmm17, %zmm0
	movq	8(%rsp), %rax
	vmovups	%zmm0, (%rax,%r15)
	movq	88(%rsp), %rsi
	movq	%rsi, %rcx
	movq	-72(%rsp), %rdx
	cmpq	%rdx, 80(%rsp)
	movq	-80(%rsp), %r8
	jge	.LBB0_3
	leaq	(%r10,%r9), %rcx
	vaddps	(%rcx), %zmm16, %zmm0
	vmovups	%zmm0, (%rax,%r9)
	movq	%rsi, %rcx
	cmpq	%rdx, 72(%rsp)
	jge	.LBB0_3
	leaq	(%r10,%r11), %rcx
	vaddps	(%rcx), %zmm15, %zmm0
	vmovups	%zmm0, (%rax,%r11)
	movq	%rsi, %rcx
	cmpq	%rdx, 64(%rsp)
	jge	.LBB0_3
	movq	40(%rsp), %rcx
	vaddps	(%rcx), %zmm13, %zmm0
	movq	56(%rsp), %rcx
	vmovups	%zmm0, (%rax,%rcx)
	movq	%rsi, %rcx
	cmpq	%rdx, 48(%rsp)
	jge	.LBB0_3
	movq	16(%rsp), %rcx
	vaddps	(%rcx), %zmm8, %zmm0
	movq	32(%rsp), %rcx
	vmovups	%zmm0, (%rax,%rcx)
	movq	%rsi, %rcx
	cmpq	%rdx, 24(%rsp)
	jge	.LBB0_3
	movq	-16(%rsp), %rcx
	vaddps	(%rcx), %zmm4, %zmm0
	movq	(%rsp), %rcx
	vmovups	%zmm0, (%rax,%rcx)
	movq	%rsi, %rcx
	cmpq	%rdx, -8(%rsp)
	jge	.LBB0_3
	movq	-40(%rsp), %rcx
	vaddps	(%rcx), %zmm3, %zmm0
	movq	-24(%rsp), %rcx
	vmovups	%zmm0, (%rax,%rcx)
	movq	%rsi, %rcx
	cmpq	%rdx, -32(%rsp)
	jge	.LBB0_3
	movq	-56(%rsp), %rcx
	vaddps	(%rcx), %zmm2, %zmm0
	movq	-48(%rsp), %rcx
	vmovups	%zmm0, (%rax,%rcx)
	movq	%rsi, %rcx
	jmp	.LBB0_3
.LBB0_21:
	addq	$2088, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f, .Lfunc_end0-matmul_i8_row_r16_i16_1024x2048_1x8_rows_9c472a54817c304f

	.section	".note.GNU-stack","",@progbits
