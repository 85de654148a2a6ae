	.file	"matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c"
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
	.globl	matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c
	.p2align	4
	.type	matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c,@function
matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$832, %rsp
	movq	%rdx, 16(%rsp)
	movq	%rdi, %r15
	movq	(%rdi), %rax
	movq	8(%rdi), %rbx
	movq	(%rax), %rcx
	movq	%rcx, 48(%rsp)
	movq	8(%rax), %rcx
	movq	%rcx, 32(%rsp)
	movq	16(%rax), %rax
	movq	%rax, 24(%rsp)
	movq	32(%rbx), %r14
	cmpq	$1, %r14
	jne	.LBB0_2
	vmovups	(%rbx), %zmm0
	vmovaps	%zmm0, 512(%rsp)
	vmovups	64(%rbx), %zmm0
	vmovaps	%zmm0, 576(%rsp)
	movq	32(%rbx), %rax
	movq	%rax, 528(%rsp)
	vmovups	(%r15), %zmm0
	vmovaps	%zmm0, 640(%rsp)
	movq	64(%r15), %rax
	movq	%rax, 704(%rsp)
	leaq	512(%rsp), %rax
	movq	%rax, 648(%rsp)
	leaq	640(%rsp), %rdi
	movq	%rsi, %r12
	movq	16(%rsp), %rdx
	vzeroupper
	callq	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179@PLT
	movq	%r12, %rsi
.LBB0_2:
	cmpq	$1, %r14
	je	.LBB0_20
	movq	32(%rbx), %rcx
	movl	64(%r15), %eax
	movl	68(%r15), %edi
	movq	%rcx, 8(%rsp)
	leaq	3(%rcx), %r8
	shrq	$2, %r8
	xorl	%ecx, %ecx
	cmpq	$1, %r8
	movl	$16448, %r9d
	cmoveq	%rax, %r9
	cmovneq	%rcx, %rdi
	vpxor	%xmm4, %xmm4, %xmm4
	jmp	.LBB0_4
	.p2align	4
.LBB0_7:
	movq	40(%rsp), %rsi
	incq	%rsi
.LBB0_4:
	cmpq	16(%rsp), %rsi
	jge	.LBB0_20
	imulq	$16448, %rsi, %rax
	movq	32(%rsp), %rcx
	leaq	(%rcx,%rax), %r10
	addq	$64, %r10
	vmovaps	(%rcx,%rax), %zmm27
	movq	%rsi, 40(%rsp)
	movq	%rsi, %rcx
	shlq	$6, %rcx
	addq	24(%rsp), %rcx
	xorl	%esi, %esi
	vmovaps	%zmm27, 64(%rsp)
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
	shlq	$2, %rdx
	shlq	$10, %rbx
	addq	48(%rsp), %rbx
	shlq	$10, %rcx
	shlq	$10, %rax
	subq	%rcx, %rax
	vxorps	%xmm7, %xmm7, %xmm7
	xorl	%r13d, %r13d
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm29, %xmm29, %xmm29
	xorl	%r14d, %r14d
	.p2align	4
.LBB0_15:
	movq	%r13, %rsi
	subq	%rcx, %rsi
	cmpq	%rax, %rsi
	movl	$0, %r12d
	cmovbq	%r9, %r12
	movl	$0, %esi
	vpunpckldq	272(%rbx,%r14){1to16}, %zmm4, %zmm11
	vpunpckldq	276(%rbx,%r14){1to16}, %zmm4, %zmm10
	cmovbq	%rdi, %rsi
	leaq	(%r10,%r13), %r11
	vpunpckldq	280(%rbx,%r14){1to16}, %zmm4, %zmm9
	vpunpckldq	284(%rbx,%r14){1to16}, %zmm4, %zmm8
	#MEMBARRIER
	prefetcht0	(%r12,%r11)
	prefetcht1	(%rsi,%r11)
	vmovdqa64	(%r10,%r13), %zmm0
	vpbroadcastq	(%rbx,%r14), %zmm1
	vpshufd	$177, %zmm0, %zmm2
	vmovdqa64	%zmm11, %zmm12
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpbroadcastq	8(%rbx,%r14), %zmm1
	vmovdqa64	%zmm10, %zmm13
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	16(%rbx,%r14), %zmm1
	vmovdqa64	%zmm9, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	24(%rbx,%r14), %zmm3
	vmovdqa64	%zmm8, %zmm15
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	64(%r12,%r11)
	prefetcht1	64(%rsi,%r11)
	vmovdqa64	64(%r10,%r13), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	32(%rbx,%r14), %zmm2
	vpbroadcastq	40(%rbx,%r14), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	48(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpbroadcastq	56(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	128(%r12,%r11)
	prefetcht1	128(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vmovdqa64	128(%r10,%r13), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	64(%rbx,%r14), %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm8
	vpdpbusd	%zmm16, %zmm0, %zmm12
	vpdpbusd	%zmm16, %zmm2, %zmm11
	vpbroadcastq	72(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	80(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	88(%rbx,%r14), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	192(%r12,%r11)
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r10,%r13), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	96(%rbx,%r14), %zmm2
	vpbroadcastq	104(%rbx,%r14), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	112(%rbx,%r14), %zmm16
	vpbroadcastq	120(%rbx,%r14), %zmm17
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm0, %zmm14
	vpdpbusd	%zmm17, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	256(%r12,%r11)
	vmovdqa64	256(%r10,%r13), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	prefetcht1	256(%rsi,%r11)
	vpbroadcastq	128(%rbx,%r14), %zmm3
	vpbroadcastq	136(%rbx,%r14), %zmm23
	vpdpbusd	%zmm16, %zmm1, %zmm9
	vpshufd	$177, %zmm2, %zmm21
	vpbroadcastq	144(%rbx,%r14), %zmm0
	vpbroadcastq	152(%rbx,%r14), %zmm22
	vpdpbusd	%zmm17, %zmm1, %zmm8
	vpdpbusd	%zmm3, %zmm2, %zmm12
	#MEMBARRIER
	vmovdqa64	320(%r10,%r13), %zmm18
	vpbroadcastq	160(%rbx,%r14), %zmm19
	vpdpbusd	%zmm23, %zmm2, %zmm13
	prefetcht0	320(%r12,%r11)
	vpbroadcastq	168(%rbx,%r14), %zmm20
	vpbroadcastq	176(%rbx,%r14), %zmm25
	vpdpbusd	%zmm0, %zmm2, %zmm14
	prefetcht1	320(%rsi,%r11)
	vpbroadcastq	184(%rbx,%r14), %zmm24
	#MEMBARRIER
	vmovdqa64	384(%r10,%r13), %zmm1
	vpdpbusd	%zmm3, %zmm21, %zmm11
	vpdpbusd	%zmm22, %zmm2, %zmm15
	vpbroadcastq	192(%rbx,%r14), %zmm17
	vpbroadcastq	200(%rbx,%r14), %zmm16
	vpdpbusd	%zmm23, %zmm21, %zmm10
	prefetcht0	384(%r12,%r11)
	vpbroadcastq	208(%rbx,%r14), %zmm2
	vpbroadcastq	216(%rbx,%r14), %zmm3
	vpdpbusd	%zmm0, %zmm21, %zmm9
	prefetcht1	384(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	448(%r10,%r13), %zmm0
	vbroadcastsd	224(%rbx,%r14), %zmm23
	vmovaps	%zmm23, 320(%rsp)
	vpdpbusd	%zmm22, %zmm21, %zmm8
	vpshufd	$177, %zmm18, %zmm26
	vbroadcastsd	232(%rbx,%r14), %zmm21
	vmovaps	%zmm21, 256(%rsp)
	vbroadcastsd	240(%rbx,%r14), %zmm21
	vmovaps	%zmm21, 192(%rsp)
	vpdpbusd	%zmm19, %zmm18, %zmm12
	vpdpbusd	%zmm20, %zmm18, %zmm13
	vbroadcastsd	248(%rbx,%r14), %zmm21
	vmovaps	%zmm21, 128(%rsp)
	vmulps	256(%rbx,%r14){1to16}, %zmm27, %zmm21
	vmovaps	%zmm21, 448(%rsp)
	vpdpbusd	%zmm25, %zmm18, %zmm14
	vpdpbusd	%zmm24, %zmm18, %zmm15
	vmulps	260(%rbx,%r14){1to16}, %zmm27, %zmm18
	vmulps	264(%rbx,%r14){1to16}, %zmm27, %zmm21
	vmovaps	%zmm21, 384(%rsp)
	vpdpbusd	%zmm19, %zmm26, %zmm11
	prefetcht0	448(%r12,%r11)
	vmulps	268(%rbx,%r14){1to16}, %zmm27, %zmm19
	vpunpckldq	560(%rbx,%r14){1to16}, %zmm4, %zmm23
	vpdpbusd	%zmm20, %zmm26, %zmm10
	prefetcht1	448(%rsi,%r11)
	vpunpckldq	564(%rbx,%r14){1to16}, %zmm4, %zmm22
	vpunpckldq	568(%rbx,%r14){1to16}, %zmm4, %zmm21
	vpdpbusd	%zmm25, %zmm26, %zmm9
	vpunpckldq	572(%rbx,%r14){1to16}, %zmm4, %zmm20
	#MEMBARRIER
	vmovdqa64	512(%r10,%r13), %zmm4
	vpbroadcastq	288(%rbx,%r14), %zmm25
	vpdpbusd	%zmm24, %zmm26, %zmm8
	vmovdqa64	%zmm23, %zmm27
	vpdpbusd	%zmm25, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm25, %zmm30, %zmm23
	vpbroadcastq	296(%rbx,%r14), %zmm24
	vmovdqa64	%zmm22, %zmm26
	vpdpbusd	%zmm24, %zmm4, %zmm26
	vpdpbusd	%zmm24, %zmm30, %zmm22
	vpbroadcastq	304(%rbx,%r14), %zmm24
	vmovdqa64	%zmm21, %zmm25
	vpdpbusd	%zmm24, %zmm4, %zmm25
	vpdpbusd	%zmm24, %zmm30, %zmm21
	vpbroadcastq	312(%rbx,%r14), %zmm31
	vmovdqa64	%zmm20, %zmm24
	vpdpbusd	%zmm31, %zmm4, %zmm24
	vpdpbusd	%zmm31, %zmm30, %zmm20
	prefetcht0	512(%r12,%r11)
	prefetcht1	512(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	576(%r10,%r13), %zmm4
	vpbroadcastq	320(%rbx,%r14), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm31
	vpdpbusd	%zmm30, %zmm31, %zmm23
	vpbroadcastq	328(%rbx,%r14), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm26
	vpbroadcastq	336(%rbx,%r14), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm22
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpbroadcastq	344(%rbx,%r14), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm31, %zmm21
	prefetcht0	576(%r12,%r11)
	prefetcht1	576(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	640(%r10,%r13), %zmm4
	vpbroadcastq	352(%rbx,%r14), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm20
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	360(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpbroadcastq	368(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpdpbusd	%zmm28, %zmm30, %zmm21
	vpbroadcastq	376(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm30, %zmm20
	prefetcht0	640(%r12,%r11)
	prefetcht1	640(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	704(%r10,%r13), %zmm4
	vpbroadcastq	384(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	392(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpbroadcastq	400(%rbx,%r14), %zmm31
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpdpbusd	%zmm31, %zmm4, %zmm25
	vpbroadcastq	408(%rbx,%r14), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm24
	vpdpbusd	%zmm31, %zmm30, %zmm21
	vpdpbusd	%zmm28, %zmm30, %zmm20
	vpdpbusd	%zmm17, %zmm1, %zmm12
	vpshufd	$177, %zmm1, %zmm4
	vpdpbusd	%zmm17, %zmm4, %zmm11
	vpdpbusd	%zmm16, %zmm1, %zmm13
	vpdpbusd	%zmm16, %zmm4, %zmm10
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vpdpbusd	%zmm2, %zmm4, %zmm9
	vpdpbusd	%zmm3, %zmm1, %zmm15
	prefetcht0	704(%r12,%r11)
	prefetcht1	704(%rsi,%r11)
	#MEMBARRIER
	vpdpbusd	%zmm3, %zmm4, %zmm8
	vmovdqa64	768(%r10,%r13), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	416(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	424(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	432(%rbx,%r14), %zmm4
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm1, %zmm25
	vpdpbusd	%zmm4, %zmm2, %zmm21
	vpbroadcastq	440(%rbx,%r14), %zmm3
	prefetcht0	768(%r12,%r11)
	prefetcht1	768(%rsi,%r11)
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	#MEMBARRIER
	vmovdqa64	832(%r10,%r13), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	448(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	456(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpbroadcastq	464(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm25
	vpdpbusd	%zmm3, %zmm2, %zmm21
	vpbroadcastq	472(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	vpshufd	$177, %zmm0, %zmm1
	vmovdqa64	320(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vmovdqa64	256(%rsp), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vmovdqa64	192(%rsp), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm14
	vmovdqa64	128(%rsp), %zmm16
	vpdpbusd	%zmm16, %zmm0, %zmm15
	prefetcht0	832(%r12,%r11)
	prefetcht1	832(%rsi,%r11)
	#MEMBARRIER
	vpdpbusd	%zmm2, %zmm1, %zmm11
	prefetcht0	896(%r12,%r11)
	vmovdqa64	896(%r10,%r13), %zmm0
	vpbroadcastq	480(%rbx,%r14), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm3, %zmm23
	vpbroadcastq	488(%rbx,%r14), %zmm2
	vpdpbusd	%zmm4, %zmm1, %zmm9
	prefetcht1	896(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm3, %zmm22
	vpbroadcastq	496(%rbx,%r14), %zmm2
	vpdpbusd	%zmm16, %zmm1, %zmm8
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm21
	vpbroadcastq	504(%rbx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	#MEMBARRIER
	vpdpbusd	%zmm1, %zmm3, %zmm20
	vmovdqa64	960(%r10,%r13), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	512(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	520(%rbx,%r14), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	528(%rbx,%r14), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	.LCPI0_0(%rip), %zmm3
	vpdpbusd	%zmm4, %zmm0, %zmm25
	vpbroadcastq	536(%rbx,%r14), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpdpbusd	%zmm4, %zmm1, %zmm21
	vpxor	%xmm4, %xmm4, %xmm4
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpshufb	.LCPI0_1(%rip), %zmm11, %zmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm11
	vpsllvd	%zmm3, %zmm12, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovaps	448(%rsp), %zmm12
	vfmadd213ps	%zmm7, %zmm0, %zmm12
	vpshufb	%zmm11, %zmm10, %zmm0
	vpsllvd	%zmm3, %zmm13, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm9, %zmm1
	vfmadd213ps	%zmm6, %zmm0, %zmm18
	vpsllvd	%zmm3, %zmm14, %zmm0
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm8, %zmm1
	vpsllvd	%zmm3, %zmm15, %zmm2
	vmovaps	384(%rsp), %zmm8
	vfmadd213ps	%zmm5, %zmm0, %zmm8
	vpaddd	%zmm1, %zmm2, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%r12,%r11)
	prefetcht1	960(%rsi,%r11)
	vpshufb	%zmm11, %zmm23, %zmm1
	vfmadd213ps	%zmm29, %zmm0, %zmm19
	vpsllvd	%zmm3, %zmm27, %zmm0
	vmovaps	64(%rsp), %zmm27
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm22, %zmm1
	vmulps	544(%rbx,%r14){1to16}, %zmm27, %zmm7
	vpsllvd	%zmm3, %zmm26, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	548(%rbx,%r14){1to16}, %zmm27, %zmm6
	vfmadd213ps	%zmm12, %zmm0, %zmm7
	vpshufb	%zmm11, %zmm21, %zmm0
	vpsllvd	%zmm3, %zmm25, %zmm2
	vpaddd	%zmm0, %zmm2, %zmm0
	vmulps	552(%rbx,%r14){1to16}, %zmm27, %zmm5
	vfmadd213ps	%zmm18, %zmm1, %zmm6
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm20, %zmm1
	vpsllvd	%zmm3, %zmm24, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm8, %zmm0, %zmm5
	vmulps	556(%rbx,%r14){1to16}, %zmm27, %zmm29
	vfmadd213ps	%zmm19, %zmm1, %zmm29
	addq	$576, %r14
	addq	$1024, %r13
	cmpq	$16384, %r13
	jl	.LBB0_15
	imulq	$607744, %rdx, %rax
	movq	56(%rsp), %rcx
	vmovups	%zmm7, (%rcx,%rax)
	leaq	1(%rdx), %rax
	movq	%r15, %rsi
	cmpq	8(%rsp), %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm6, (%rcx,%rax)
	leaq	2(%rdx), %rax
	movq	%r15, %rsi
	cmpq	8(%rsp), %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	vmovups	%zmm5, (%rcx,%rax)
	addq	$3, %rdx
	movq	%r15, %rsi
	cmpq	8(%rsp), %rdx
	jge	.LBB0_6
	imulq	$607744, %rdx, %rax
	vmovups	%zmm29, (%rcx,%rax)
	movq	%r15, %rsi
	jmp	.LBB0_6
.LBB0_20:
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
	.size	matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c, .Lfunc_end0-matmul_i8_row_r16_i16_151936x1024_1x4_out_5ac2858e6088408c

	.section	".note.GNU-stack","",@progbits
