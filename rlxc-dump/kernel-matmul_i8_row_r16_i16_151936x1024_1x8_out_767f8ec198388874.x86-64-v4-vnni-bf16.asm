	.file	"matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874"
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
	.globl	matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874
	.p2align	4
	.type	matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874,@function
matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$2368, %rsp
	movq	%rdx, 8(%rsp)
	movq	%rdi, %r15
	movq	(%rdi), %rax
	movq	8(%rdi), %rbx
	movq	(%rax), %rcx
	movq	%rcx, 48(%rsp)
	movq	8(%rax), %rcx
	movq	%rcx, 24(%rsp)
	movq	16(%rax), %rax
	movq	%rax, 16(%rsp)
	movq	32(%rbx), %r14
	cmpq	$1, %r14
	jne	.LBB0_2
	vmovups	(%rbx), %zmm0
	vmovaps	%zmm0, 2048(%rsp)
	vmovups	64(%rbx), %zmm0
	vmovaps	%zmm0, 2112(%rsp)
	movq	32(%rbx), %rax
	movq	%rax, 2064(%rsp)
	vmovups	(%r15), %zmm0
	vmovaps	%zmm0, 2176(%rsp)
	movq	64(%r15), %rax
	movq	%rax, 2240(%rsp)
	leaq	2048(%rsp), %rax
	movq	%rax, 2184(%rsp)
	leaq	2176(%rsp), %rdi
	movq	%rsi, %r12
	movq	8(%rsp), %rdx
	vzeroupper
	callq	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179@PLT
	movq	%r12, %rsi
.LBB0_2:
	cmpq	$1, %r14
	je	.LBB0_24
	movq	32(%rbx), %r11
	movl	64(%r15), %eax
	movl	68(%r15), %edi
	leaq	7(%r11), %r8
	shrq	$3, %r8
	xorl	%ecx, %ecx
	cmpq	$1, %r8
	movl	$16448, %r9d
	cmoveq	%rax, %r9
	cmovneq	%rcx, %rdi
	vpxor	%xmm8, %xmm8, %xmm8
	movq	%r11, 40(%rsp)
	jmp	.LBB0_4
	.p2align	4
.LBB0_7:
	movq	32(%rsp), %rsi
	incq	%rsi
.LBB0_4:
	cmpq	8(%rsp), %rsi
	jge	.LBB0_24
	imulq	$16448, %rsi, %rax
	movq	24(%rsp), %rcx
	leaq	(%rcx,%rax), %r10
	addq	$64, %r10
	vmovaps	(%rcx,%rax), %zmm6
	movq	%rsi, 32(%rsp)
	movq	%rsi, %rcx
	shlq	$6, %rcx
	addq	16(%rsp), %rcx
	xorl	%esi, %esi
	vmovaps	%zmm6, 576(%rsp)
	movq	%rcx, 56(%rsp)
	.p2align	4
.LBB0_6:
	cmpq	%r8, %rsi
	jge	.LBB0_7
	movq	%rsi, %rax
	shlq	$4, %rax
	movq	%rax, %rcx
	orq	%r8, %rcx
	shrq	$32, %rcx
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r8
	movq	%rax, %rcx
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r8d
	movl	%eax, %ecx
.LBB0_11:
	leaq	1(%rsi), %r15
	movq	%r15, %rax
	shlq	$4, %rax
	movq	%rax, %rdx
	orq	%r8, %rdx
	shrq	$32, %rdx
	je	.LBB0_12
	xorl	%edx, %edx
	divq	%r8
	jmp	.LBB0_14
	.p2align	4
.LBB0_12:
	xorl	%edx, %edx
	divl	%r8d
.LBB0_14:
	leaq	(%rsi,%rsi,8), %rbx
	movq	%rsi, %rdx
	shlq	$3, %rdx
	shlq	$11, %rbx
	addq	48(%rsp), %rbx
	shlq	$10, %rcx
	shlq	$10, %rax
	subq	%rcx, %rax
	vxorps	%xmm19, %xmm19, %xmm19
	xorl	%r13d, %r13d
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm15, %xmm15, %xmm15
	vxorps	%xmm14, %xmm14, %xmm14
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm3, %xmm3, %xmm3
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r14d, %r14d
	.p2align	4
.LBB0_15:
	vmovaps	%zmm7, 1280(%rsp)
	vmovaps	%zmm19, 1600(%rsp)
	vmovaps	%zmm17, 1664(%rsp)
	vmovaps	%zmm15, 1728(%rsp)
	vmovaps	%zmm14, 1792(%rsp)
	vmovaps	%zmm4, 1856(%rsp)
	vmovaps	%zmm3, 1920(%rsp)
	vmovaps	%zmm0, 1984(%rsp)
	movq	%r13, %rsi
	vpunpckldq	544(%rbx,%r14){1to16}, %zmm8, %zmm26
	subq	%rcx, %rsi
	vpunpckldq	548(%rbx,%r14){1to16}, %zmm8, %zmm24
	vpunpckldq	552(%rbx,%r14){1to16}, %zmm8, %zmm22
	cmpq	%rax, %rsi
	movl	$0, %r12d
	vpunpckldq	556(%rbx,%r14){1to16}, %zmm8, %zmm19
	vpunpckldq	560(%rbx,%r14){1to16}, %zmm8, %zmm15
	cmovbq	%r9, %r12
	movl	$0, %esi
	vpunpckldq	564(%rbx,%r14){1to16}, %zmm8, %zmm17
	vpunpckldq	568(%rbx,%r14){1to16}, %zmm8, %zmm5
	cmovbq	%rdi, %rsi
	leaq	(%r10,%r13), %r11
	vpunpckldq	572(%rbx,%r14){1to16}, %zmm8, %zmm13
	#MEMBARRIER
	vmovdqa64	(%r10,%r13), %zmm0
	prefetcht0	(%r12,%r11)
	prefetcht1	(%rsi,%r11)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%rbx,%r14), %zmm2
	vmovdqa64	%zmm26, %zmm27
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	8(%rbx,%r14), %zmm2
	vmovdqa64	%zmm24, %zmm25
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	16(%rbx,%r14), %zmm3
	vmovdqa64	%zmm22, %zmm23
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	24(%rbx,%r14), %zmm2
	vmovdqa64	%zmm19, %zmm14
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpbroadcastq	32(%rbx,%r14), %zmm2
	vmovdqa64	%zmm15, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm9
	vpbroadcastq	40(%rbx,%r14), %zmm3
	vmovdqa64	%zmm17, %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpdpbusd	%zmm3, %zmm0, %zmm4
	vmovdqa64	%zmm4, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpbroadcastq	48(%rbx,%r14), %zmm2
	vmovdqa64	%zmm5, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm11
	vpdpbusd	%zmm2, %zmm1, %zmm5
	vmovdqa64	%zmm5, %zmm12
	vpbroadcastq	56(%rbx,%r14), %zmm2
	vmovdqa64	%zmm13, %zmm4
	vmovdqa64	%zmm13, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm5
	#MEMBARRIER
	prefetcht0	64(%r12,%r11)
	prefetcht1	64(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm4
	vmovdqa64	%zmm4, %zmm13
	vmovdqa64	64(%r10,%r13), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	64(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	72(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	80(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm4, %zmm0, %zmm23
	vpbroadcastq	88(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm1, %zmm22
	vpbroadcastq	96(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm9
	vpbroadcastq	104(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm1, %zmm15
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vpbroadcastq	112(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vpdpbusd	%zmm4, %zmm1, %zmm17
	vpbroadcastq	120(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	128(%r12,%r11)
	prefetcht1	128(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vmovdqa64	128(%r10,%r13), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	128(%rbx,%r14), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm27
	vpdpbusd	%zmm4, %zmm2, %zmm26
	vpbroadcastq	136(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm25
	vpdpbusd	%zmm1, %zmm2, %zmm24
	vpbroadcastq	144(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	152(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm22
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm2, %zmm19
	vpbroadcastq	160(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm15
	vpbroadcastq	168(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpbroadcastq	176(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm17
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	184(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	192(%r12,%r11)
	vpdpbusd	%zmm3, %zmm2, %zmm12
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r10,%r13), %zmm0
	vpbroadcastq	192(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm13
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm0, %zmm27
	vpbroadcastq	200(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	208(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	216(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm14
	vpbroadcastq	224(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm4, %zmm1, %zmm19
	vpbroadcastq	232(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	240(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpdpbusd	%zmm4, %zmm0, %zmm11
	vpbroadcastq	248(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	vpdpbusd	%zmm4, %zmm1, %zmm12
	prefetcht0	256(%r12,%r11)
	prefetcht1	256(%rsi,%r11)
	vmovdqa64	256(%r10,%r13), %zmm0
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpbroadcastq	256(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	264(%rbx,%r14), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm26
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm24
	vpbroadcastq	272(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm3, %zmm22
	vpbroadcastq	280(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	288(%rbx,%r14), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm19
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm2, %zmm3, %zmm15
	vpbroadcastq	296(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm1, %zmm3, %zmm17
	vpbroadcastq	304(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm11
	vpbroadcastq	312(%rbx,%r14), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm12
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	320(%r12,%r11)
	prefetcht1	320(%rsi,%r11)
	vmovdqa64	320(%r10,%r13), %zmm0
	vpdpbusd	%zmm2, %zmm3, %zmm13
	vmovdqa64	%zmm13, %zmm16
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	320(%rbx,%r14), %zmm2
	vpbroadcastq	328(%rbx,%r14), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	336(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpbroadcastq	344(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpbroadcastq	352(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm22
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vpbroadcastq	360(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm4, %zmm1, %zmm15
	vpbroadcastq	368(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	376(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm17
	vpdpbusd	%zmm3, %zmm1, %zmm12
	vmovdqa64	%zmm12, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm5
	vmovdqa64	%zmm5, %zmm12
	#MEMBARRIER
	prefetcht0	384(%r12,%r11)
	vmovdqa64	384(%r10,%r13), %zmm0
	vpdpbusd	%zmm4, %zmm1, %zmm16
	prefetcht1	384(%rsi,%r11)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	384(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	392(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	400(%rbx,%r14), %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	408(%rbx,%r14), %zmm2
	vpbroadcastq	416(%rbx,%r14), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vmovdqa64	%zmm9, 1152(%rsp)
	vpbroadcastq	424(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vmovdqa64	%zmm10, 384(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpbroadcastq	432(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vmovdqa64	%zmm11, 320(%rsp)
	vpbroadcastq	440(%rbx,%r14), %zmm5
	vpdpbusd	%zmm4, %zmm1, %zmm15
	vpdpbusd	%zmm5, %zmm0, %zmm12
	vmovdqa64	%zmm12, 256(%rsp)
	#MEMBARRIER
	vmovdqa64	448(%r10,%r13), %zmm4
	vbroadcastsd	448(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 1088(%rsp)
	vpdpbusd	%zmm3, %zmm1, %zmm17
	prefetcht0	448(%r12,%r11)
	vbroadcastsd	456(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 1024(%rsp)
	vbroadcastsd	464(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 960(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vmovdqa64	%zmm13, 192(%rsp)
	prefetcht1	448(%rsi,%r11)
	vbroadcastsd	472(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 896(%rsp)
	vbroadcastsd	480(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 832(%rsp)
	vpdpbusd	%zmm5, %zmm1, %zmm16
	vmovdqa64	%zmm16, 64(%rsp)
	vbroadcastsd	488(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 768(%rsp)
	vbroadcastsd	496(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 704(%rsp)
	vbroadcastsd	504(%rbx,%r14), %zmm0
	vmovaps	%zmm0, 640(%rsp)
	vmulps	512(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 512(%rsp)
	vmulps	516(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 448(%rsp)
	vmulps	520(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 128(%rsp)
	vmulps	524(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 1216(%rsp)
	vmulps	528(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 1344(%rsp)
	vmulps	532(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 1472(%rsp)
	vmulps	536(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 1536(%rsp)
	vmulps	540(%rbx,%r14){1to16}, %zmm6, %zmm0
	vmovaps	%zmm0, 1408(%rsp)
	vpunpckldq	1120(%rbx,%r14){1to16}, %zmm8, %zmm7
	vpunpckldq	1124(%rbx,%r14){1to16}, %zmm8, %zmm6
	vpunpckldq	1128(%rbx,%r14){1to16}, %zmm8, %zmm28
	vpunpckldq	1132(%rbx,%r14){1to16}, %zmm8, %zmm31
	vpunpckldq	1136(%rbx,%r14){1to16}, %zmm8, %zmm9
	vpunpckldq	1140(%rbx,%r14){1to16}, %zmm8, %zmm11
	vpunpckldq	1144(%rbx,%r14){1to16}, %zmm8, %zmm13
	vpunpckldq	1148(%rbx,%r14){1to16}, %zmm8, %zmm20
	#MEMBARRIER
	vmovdqa64	512(%r10,%r13), %zmm0
	vpbroadcastq	576(%rbx,%r14), %zmm3
	vmovdqa64	%zmm7, %zmm21
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	584(%rbx,%r14), %zmm5
	vmovdqa64	%zmm6, %zmm8
	vpdpbusd	%zmm5, %zmm0, %zmm8
	vpdpbusd	%zmm5, %zmm1, %zmm6
	vpbroadcastq	592(%rbx,%r14), %zmm5
	vmovdqa64	%zmm28, %zmm18
	vpdpbusd	%zmm5, %zmm0, %zmm18
	vpbroadcastq	600(%rbx,%r14), %zmm10
	vpdpbusd	%zmm5, %zmm1, %zmm28
	vmovdqa64	%zmm31, %zmm16
	vpdpbusd	%zmm10, %zmm0, %zmm16
	vpdpbusd	%zmm10, %zmm1, %zmm31
	vpbroadcastq	608(%rbx,%r14), %zmm5
	vmovdqa64	%zmm9, %zmm30
	vpdpbusd	%zmm5, %zmm0, %zmm30
	vpdpbusd	%zmm5, %zmm1, %zmm9
	vpbroadcastq	616(%rbx,%r14), %zmm5
	vmovdqa64	%zmm11, %zmm29
	vpdpbusd	%zmm5, %zmm0, %zmm29
	vpbroadcastq	624(%rbx,%r14), %zmm3
	vpdpbusd	%zmm5, %zmm1, %zmm11
	vmovdqa64	%zmm13, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	632(%rbx,%r14), %zmm2
	vmovdqa64	%zmm20, %zmm10
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vmovdqa64	1088(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm0
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vmovdqa64	1024(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm25
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vmovdqa64	960(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm23
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vmovdqa64	896(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm19
	vmovdqa64	1152(%rsp), %zmm5
	vmovdqa64	832(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm5
	vpdpbusd	%zmm1, %zmm0, %zmm15
	vmovdqa64	384(%rsp), %zmm1
	vmovdqa64	768(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqa64	%zmm1, 384(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm17
	vmovdqa64	320(%rsp), %zmm1
	vmovdqa64	704(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqa64	%zmm1, 320(%rsp)
	vmovdqa64	192(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqa64	%zmm1, 192(%rsp)
	vmovdqa64	256(%rsp), %zmm1
	vmovdqa64	640(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqa64	%zmm1, 256(%rsp)
	vmovdqa64	64(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqa64	%zmm1, 64(%rsp)
	prefetcht0	512(%r12,%r11)
	prefetcht1	512(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	576(%r10,%r13), %zmm0
	vpbroadcastq	640(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	648(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	656(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	664(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	672(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	680(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	688(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	696(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vmovdqa64	.LCPI0_1(%rip), %zmm4
	vpshufb	%zmm4, %zmm26, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm26
	vpsllvd	%zmm26, %zmm27, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovaps	512(%rsp), %zmm1
	vfmadd213ps	1600(%rsp), %zmm0, %zmm1
	vmovaps	%zmm1, 512(%rsp)
	prefetcht0	576(%r12,%r11)
	prefetcht1	576(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	640(%r10,%r13), %zmm0
	vpbroadcastq	704(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	712(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	720(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	728(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	736(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	744(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	752(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	760(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm24, %zmm0
	vpsllvd	%zmm26, %zmm25, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovaps	448(%rsp), %zmm1
	vfmadd213ps	1664(%rsp), %zmm0, %zmm1
	vmovaps	%zmm1, 448(%rsp)
	prefetcht0	640(%r12,%r11)
	prefetcht1	640(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	704(%r10,%r13), %zmm0
	vpbroadcastq	768(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	776(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	784(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	792(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	800(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	808(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	816(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	824(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm22, %zmm0
	vpsllvd	%zmm26, %zmm23, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovaps	128(%rsp), %zmm1
	vfmadd213ps	1728(%rsp), %zmm0, %zmm1
	vmovaps	%zmm1, 128(%rsp)
	prefetcht0	704(%r12,%r11)
	prefetcht1	704(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	768(%r10,%r13), %zmm0
	vpbroadcastq	832(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	840(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	848(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	856(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	864(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	872(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	880(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	888(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm19, %zmm0
	vpsllvd	%zmm26, %zmm14, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovaps	1216(%rsp), %zmm27
	vfmadd213ps	1792(%rsp), %zmm0, %zmm27
	prefetcht0	768(%r12,%r11)
	prefetcht1	768(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	832(%r10,%r13), %zmm0
	vpbroadcastq	896(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	904(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	912(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	920(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	928(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	936(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	944(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	952(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	prefetcht0	832(%r12,%r11)
	prefetcht1	832(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	896(%r10,%r13), %zmm0
	vpbroadcastq	960(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	968(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm6
	vpbroadcastq	976(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpdpbusd	%zmm2, %zmm1, %zmm28
	vpbroadcastq	984(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm16
	vpdpbusd	%zmm2, %zmm1, %zmm31
	vpbroadcastq	992(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vpbroadcastq	1000(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm29
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpbroadcastq	1008(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpbroadcastq	1016(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpshufb	%zmm4, %zmm15, %zmm0
	vpsllvd	%zmm26, %zmm5, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vpshufb	%zmm4, %zmm17, %zmm1
	vmovdqa64	384(%rsp), %zmm2
	vpsllvd	%zmm26, %zmm2, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovdqa64	192(%rsp), %zmm2
	vpshufb	%zmm4, %zmm2, %zmm2
	vmovdqa64	%zmm4, %zmm22
	vmovdqa64	320(%rsp), %zmm3
	vpsllvd	%zmm26, %zmm3, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vmovdqa64	64(%rsp), %zmm3
	vpshufb	%zmm4, %zmm3, %zmm3
	vmovdqa64	256(%rsp), %zmm4
	vpsllvd	%zmm26, %zmm4, %zmm4
	vpaddd	%zmm3, %zmm4, %zmm3
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	896(%r12,%r11)
	prefetcht1	896(%rsi,%r11)
	#MEMBARRIER
	vmovaps	1344(%rsp), %zmm24
	vfmadd213ps	1280(%rsp), %zmm0, %zmm24
	vmovdqa64	960(%r10,%r13), %zmm0
	vpbroadcastq	1024(%rbx,%r14), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm14, %zmm7
	vpbroadcastq	1032(%rbx,%r14), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm8
	vpbroadcastq	1040(%rbx,%r14), %zmm15
	vpdpbusd	%zmm4, %zmm14, %zmm6
	vpdpbusd	%zmm15, %zmm0, %zmm18
	vpdpbusd	%zmm15, %zmm14, %zmm28
	vpbroadcastq	1048(%rbx,%r14), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm16
	vpdpbusd	%zmm4, %zmm14, %zmm31
	vpbroadcastq	1056(%rbx,%r14), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm30
	vpbroadcastq	1064(%rbx,%r14), %zmm15
	vpdpbusd	%zmm4, %zmm14, %zmm9
	vpdpbusd	%zmm15, %zmm0, %zmm29
	vpdpbusd	%zmm15, %zmm14, %zmm11
	vcvtdq2ps	%zmm1, %zmm1
	vcvtdq2ps	%zmm2, %zmm2
	vmovaps	1472(%rsp), %zmm25
	vfmadd213ps	1856(%rsp), %zmm1, %zmm25
	vpbroadcastq	1072(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpbroadcastq	1080(%rbx,%r14), %zmm4
	vmovaps	1536(%rsp), %zmm23
	vfmadd213ps	1920(%rsp), %zmm2, %zmm23
	vpdpbusd	%zmm1, %zmm14, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vcvtdq2ps	%zmm3, %zmm0
	prefetcht0	960(%r12,%r11)
	prefetcht1	960(%rsi,%r11)
	vmovaps	1408(%rsp), %zmm5
	vfmadd213ps	1984(%rsp), %zmm0, %zmm5
	vpdpbusd	%zmm4, %zmm14, %zmm20
	vpshufb	%zmm22, %zmm7, %zmm0
	vpsllvd	%zmm26, %zmm21, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmovaps	576(%rsp), %zmm1
	vmulps	1088(%rbx,%r14){1to16}, %zmm1, %zmm19
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm22, %zmm6, %zmm1
	vmovaps	576(%rsp), %zmm6
	vpsllvd	%zmm26, %zmm8, %zmm2
	vpxor	%xmm8, %xmm8, %xmm8
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1092(%rbx,%r14){1to16}, %zmm6, %zmm17
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm22, %zmm28, %zmm2
	vpsllvd	%zmm26, %zmm18, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vfmadd213ps	512(%rsp), %zmm0, %zmm19
	vmulps	1096(%rbx,%r14){1to16}, %zmm6, %zmm15
	vpshufb	%zmm22, %zmm31, %zmm0
	vpsllvd	%zmm26, %zmm16, %zmm3
	vpaddd	%zmm0, %zmm3, %zmm0
	vfmadd213ps	448(%rsp), %zmm1, %zmm17
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1100(%rbx,%r14){1to16}, %zmm6, %zmm14
	vpshufb	%zmm22, %zmm9, %zmm1
	vpsllvd	%zmm26, %zmm30, %zmm3
	vfmadd213ps	128(%rsp), %zmm2, %zmm15
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	1104(%rbx,%r14){1to16}, %zmm6, %zmm7
	vpshufb	%zmm22, %zmm11, %zmm2
	vfmadd213ps	%zmm27, %zmm0, %zmm14
	vpsllvd	%zmm26, %zmm29, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1108(%rbx,%r14){1to16}, %zmm6, %zmm4
	vfmadd213ps	%zmm24, %zmm1, %zmm7
	vpshufb	%zmm22, %zmm13, %zmm1
	vpsllvd	%zmm26, %zmm12, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1112(%rbx,%r14){1to16}, %zmm6, %zmm3
	vfmadd213ps	%zmm25, %zmm0, %zmm4
	vcvtdq2ps	%zmm1, %zmm0
	vpshufb	%zmm22, %zmm20, %zmm1
	vpsllvd	%zmm26, %zmm10, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm23, %zmm0, %zmm3
	vmulps	1116(%rbx,%r14){1to16}, %zmm6, %zmm0
	vfmadd213ps	%zmm5, %zmm1, %zmm0
	addq	$1152, %r14
	addq	$1024, %r13
	cmpq	$16384, %r13
	jl	.LBB0_15
	imulq	$607744, %rdx, %rax
	movq	56(%rsp), %rcx
	vmovups	%zmm19, (%rcx,%rax)
	leaq	1(%rdx), %rax
	movq	%r15, %rsi
	movq	40(%rsp), %r11
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm17, (%rcx,%rax)
	leaq	2(%rdx), %rax
	movq	%r15, %rsi
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm15, (%rcx,%rax)
	leaq	3(%rdx), %rax
	movq	%r15, %rsi
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm14, (%rcx,%rax)
	leaq	4(%rdx), %rax
	movq	%r15, %rsi
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm7, (%rcx,%rax)
	leaq	5(%rdx), %rax
	movq	%r15, %rsi
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm4, (%rcx,%rax)
	leaq	6(%rdx), %rax
	movq	%r15, %rsi
	cmpq	%r11, %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm3, (%rcx,%rax)
	addq	$7, %rdx
	movq	%r15, %rsi
	cmpq	%r11, %rdx
	jge	.LBB0_6
	imulq	$607744, %rdx, %rax
	vmovups	%zmm0, (%rcx,%rax)
	movq	%r15, %rsi
	jmp	.LBB0_6
.LBB0_24:
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
	.size	matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874, .Lfunc_end0-matmul_i8_row_r16_i16_151936x1024_1x8_out_767f8ec198388874

	.section	".note.GNU-stack","",@progbits
