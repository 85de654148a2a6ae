	.file	"matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0"
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
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_2:
	.long	0x80000000
.LCPI0_3:
	.long	0x4b400000
.LCPI0_4:
	.long	0xbfb8aa3b
.LCPI0_5:
	.long	0xbf318000
.LCPI0_6:
	.long	0x395e8083
.LCPI0_7:
	.long	0x3ab5112a
.LCPI0_8:
	.long	0x3c091d81
.LCPI0_9:
	.long	0x3d2aac7c
.LCPI0_10:
	.long	0x3e2aaa48
.LCPI0_11:
	.long	0x3efffffe
.LCPI0_12:
	.long	0x3f800000
.LCPI0_13:
	.long	0xc2ae999a
.LCPI0_14:
	.long	0x42b17217
.LCPI0_15:
	.long	0x7f800000
	.text
	.globl	matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0
	.p2align	4
	.type	matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0,@function
matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$2440, %rsp
	movq	%rdx, -104(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -80(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -112(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -120(%rsp)
	movq	16(%rcx), %rcx
	movq	%rcx, -88(%rsp)
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	leaq	7(%rcx), %r14
	shrq	$3, %r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$32896, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxor	%xmm7, %xmm7, %xmm7
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-96(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-104(%rsp), %rsi
	jge	.LBB0_23
	imulq	$32896, %rsi, %rax
	movq	-112(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm23
	leaq	16512(%rcx,%rax), %r13
	vmovaps	16448(%rcx,%rax), %zmm24
	movq	%rsi, -96(%rsp)
	movq	%rsi, %rdi
	shlq	$6, %rdi
	addq	-120(%rsp), %rdi
	xorl	%esi, %esi
	vmovups	%zmm23, 320(%rsp)
	vmovups	%zmm24, 448(%rsp)
	movq	%rdi, -72(%rsp)
	.p2align	4
.LBB0_3:
	cmpq	%r14, %rsi
	jge	.LBB0_4
	movq	%rsi, %rax
	shlq	$4, %rax
	movq	%rax, %rcx
	orq	%r14, %rcx
	shrq	$32, %rcx
	je	.LBB0_6
	xorl	%edx, %edx
	divq	%r14
	movq	%rax, %rdi
	jmp	.LBB0_8
	.p2align	4
.LBB0_6:
	xorl	%edx, %edx
	divl	%r14d
	movl	%eax, %edi
.LBB0_8:
	leaq	1(%rsi), %r10
	movq	%r10, %rax
	shlq	$4, %rax
	movq	%rax, %rcx
	orq	%r14, %rcx
	shrq	$32, %rcx
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r14
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r14d
.LBB0_11:
	leaq	(%rsi,%rsi,8), %rcx
	movq	%rsi, %rdx
	shlq	$3, %rdx
	shlq	$11, %rcx
	addq	-80(%rsp), %rcx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%r9d, %r9d
	vxorps	%xmm13, %xmm13, %xmm13
	vxorps	%xmm9, %xmm9, %xmm9
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm8, %xmm8, %xmm8
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm3, %xmm3, %xmm3
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_12:
	vmovups	%zmm5, 1856(%rsp)
	vmovups	%zmm8, 1600(%rsp)
	vmovups	%zmm6, 1536(%rsp)
	vmovups	%zmm13, 1792(%rsp)
	vmovups	%zmm4, 1664(%rsp)
	vmovups	%zmm9, 1728(%rsp)
	vmovups	%zmm3, 1472(%rsp)
	vmovups	%zmm0, 1408(%rsp)
	movq	%r9, %rsi
	vpunpckldq	544(%rcx,%r8){1to16}, %zmm7, %zmm15
	subq	%rdi, %rsi
	vpunpckldq	548(%rcx,%r8){1to16}, %zmm7, %zmm13
	vpunpckldq	552(%rcx,%r8){1to16}, %zmm7, %zmm19
	cmpq	%rax, %rsi
	movl	$0, %esi
	vpunpckldq	556(%rcx,%r8){1to16}, %zmm7, %zmm21
	vpunpckldq	560(%rcx,%r8){1to16}, %zmm7, %zmm26
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	564(%rcx,%r8){1to16}, %zmm7, %zmm28
	vpunpckldq	568(%rcx,%r8){1to16}, %zmm7, %zmm9
	cmovbq	%rbx, %r11
	leaq	(%r12,%r9), %rbp
	vpunpckldq	572(%rcx,%r8){1to16}, %zmm7, %zmm27
	#MEMBARRIER
	vmovdqa64	(%r12,%r9), %zmm0
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%rcx,%r8), %zmm2
	vmovdqa64	%zmm15, %zmm18
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpbroadcastq	8(%rcx,%r8), %zmm2
	vmovdqa64	%zmm13, %zmm14
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpbroadcastq	16(%rcx,%r8), %zmm3
	vmovdqa64	%zmm19, %zmm20
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpdpbusd	%zmm3, %zmm0, %zmm20
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpbroadcastq	24(%rcx,%r8), %zmm2
	vmovdqa64	%zmm21, %zmm22
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpbroadcastq	32(%rcx,%r8), %zmm2
	vmovdqa64	%zmm26, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm10
	vpbroadcastq	40(%rcx,%r8), %zmm3
	vmovdqa64	%zmm28, %zmm11
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpdpbusd	%zmm3, %zmm1, %zmm28
	vpbroadcastq	48(%rcx,%r8), %zmm2
	vmovdqa64	%zmm9, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vmovdqa64	%zmm9, %zmm16
	vpbroadcastq	56(%rcx,%r8), %zmm2
	vmovdqa64	%zmm27, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm9
	#MEMBARRIER
	prefetcht0	64(%rsi,%rbp)
	prefetcht1	64(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm27
	vmovdqa64	64(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	64(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpbroadcastq	72(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpbroadcastq	80(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm20
	vpbroadcastq	88(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm4, %zmm1, %zmm19
	vpbroadcastq	96(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	104(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpdpbusd	%zmm4, %zmm0, %zmm11
	vpbroadcastq	112(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm4, %zmm1, %zmm28
	vpbroadcastq	120(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm9
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vmovdqa64	128(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	128(%rcx,%r8), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm4, %zmm0, %zmm18
	vpdpbusd	%zmm4, %zmm2, %zmm15
	vpbroadcastq	136(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpdpbusd	%zmm1, %zmm2, %zmm13
	vpbroadcastq	144(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm20
	vpbroadcastq	152(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpdpbusd	%zmm3, %zmm0, %zmm22
	vpdpbusd	%zmm3, %zmm2, %zmm21
	vpbroadcastq	160(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm1, %zmm2, %zmm26
	vpbroadcastq	168(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm11
	vpbroadcastq	176(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	184(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	vpdpbusd	%zmm3, %zmm2, %zmm16
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r12,%r9), %zmm0
	vpbroadcastq	192(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm27
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm0, %zmm18
	vpbroadcastq	200(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm1, %zmm15
	vpbroadcastq	208(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm20
	vpbroadcastq	216(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpdpbusd	%zmm4, %zmm0, %zmm22
	vpbroadcastq	224(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm4, %zmm1, %zmm21
	vpbroadcastq	232(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	240(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm1, %zmm28
	vpdpbusd	%zmm4, %zmm0, %zmm12
	vpbroadcastq	248(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	#MEMBARRIER
	vpdpbusd	%zmm4, %zmm1, %zmm16
	prefetcht0	256(%rsi,%rbp)
	prefetcht1	256(%r11,%rbp)
	vmovdqa64	256(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm27
	vpbroadcastq	256(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	264(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm15
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm2, %zmm3, %zmm13
	vpbroadcastq	272(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm20
	vpdpbusd	%zmm1, %zmm3, %zmm19
	vpbroadcastq	280(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vpbroadcastq	288(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm2, %zmm3, %zmm26
	vpbroadcastq	296(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm11
	vpdpbusd	%zmm1, %zmm3, %zmm28
	vpbroadcastq	304(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpbroadcastq	312(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm16
	vpdpbusd	%zmm2, %zmm0, %zmm9
	#MEMBARRIER
	prefetcht0	320(%rsi,%rbp)
	prefetcht1	320(%r11,%rbp)
	vmovdqa64	320(%r12,%r9), %zmm0
	vpdpbusd	%zmm2, %zmm3, %zmm27
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	320(%rcx,%r8), %zmm2
	vpbroadcastq	328(%rcx,%r8), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpbroadcastq	336(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm20
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpbroadcastq	344(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm22
	vpbroadcastq	352(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm1, %zmm21
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vpbroadcastq	360(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vpdpbusd	%zmm4, %zmm1, %zmm26
	vpbroadcastq	368(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	376(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm28
	vpdpbusd	%zmm3, %zmm1, %zmm16
	vpdpbusd	%zmm4, %zmm0, %zmm9
	#MEMBARRIER
	prefetcht0	384(%rsi,%rbp)
	vmovdqa64	384(%r12,%r9), %zmm0
	vpdpbusd	%zmm4, %zmm1, %zmm27
	prefetcht1	384(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	384(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpbroadcastq	392(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpbroadcastq	400(%rcx,%r8), %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpdpbusd	%zmm3, %zmm0, %zmm20
	vpbroadcastq	408(%rcx,%r8), %zmm2
	vpbroadcastq	416(%rcx,%r8), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vmovdqu64	%zmm10, 128(%rsp)
	vpbroadcastq	424(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vmovdqu64	%zmm11, 64(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpbroadcastq	432(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vmovdqu64	%zmm12, (%rsp)
	vpbroadcastq	440(%rcx,%r8), %zmm5
	vpdpbusd	%zmm4, %zmm1, %zmm26
	vpdpbusd	%zmm5, %zmm0, %zmm9
	vmovdqu64	%zmm9, -64(%rsp)
	#MEMBARRIER
	vmovdqa64	448(%r12,%r9), %zmm4
	vbroadcastsd	448(%rcx,%r8), %zmm0
	vmovups	%zmm0, 960(%rsp)
	vpdpbusd	%zmm3, %zmm1, %zmm28
	prefetcht0	448(%rsi,%rbp)
	vbroadcastsd	456(%rcx,%r8), %zmm0
	vmovups	%zmm0, 896(%rsp)
	vbroadcastsd	464(%rcx,%r8), %zmm0
	vmovups	%zmm0, 832(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vmovdqu64	%zmm16, 384(%rsp)
	prefetcht1	448(%r11,%rbp)
	vbroadcastsd	472(%rcx,%r8), %zmm0
	vmovups	%zmm0, 768(%rsp)
	vbroadcastsd	480(%rcx,%r8), %zmm0
	vmovups	%zmm0, 704(%rsp)
	vpdpbusd	%zmm5, %zmm1, %zmm27
	vbroadcastsd	488(%rcx,%r8), %zmm0
	vmovups	%zmm0, 640(%rsp)
	vbroadcastsd	496(%rcx,%r8), %zmm0
	vmovups	%zmm0, 576(%rsp)
	vbroadcastsd	504(%rcx,%r8), %zmm0
	vmovups	%zmm0, 512(%rsp)
	vmulps	512(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 256(%rsp)
	vmulps	516(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 192(%rsp)
	vmulps	520(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1024(%rsp)
	vmulps	524(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1088(%rsp)
	vmulps	528(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1152(%rsp)
	vmulps	532(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1280(%rsp)
	vmulps	536(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1344(%rsp)
	vmulps	540(%rcx,%r8){1to16}, %zmm23, %zmm0
	vmovups	%zmm0, 1216(%rsp)
	vpunpckldq	1120(%rcx,%r8){1to16}, %zmm7, %zmm5
	vpunpckldq	1124(%rcx,%r8){1to16}, %zmm7, %zmm30
	vpunpckldq	1128(%rcx,%r8){1to16}, %zmm7, %zmm29
	vpunpckldq	1132(%rcx,%r8){1to16}, %zmm7, %zmm25
	vpunpckldq	1136(%rcx,%r8){1to16}, %zmm7, %zmm10
	vpunpckldq	1140(%rcx,%r8){1to16}, %zmm7, %zmm11
	vpunpckldq	1144(%rcx,%r8){1to16}, %zmm7, %zmm12
	vpunpckldq	1148(%rcx,%r8){1to16}, %zmm7, %zmm16
	#MEMBARRIER
	vmovdqa64	512(%r12,%r9), %zmm0
	vpbroadcastq	576(%rcx,%r8), %zmm3
	vmovdqa64	%zmm5, %zmm8
	vpdpbusd	%zmm3, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm5
	vpbroadcastq	584(%rcx,%r8), %zmm6
	vmovdqa64	%zmm30, %zmm9
	vpdpbusd	%zmm6, %zmm0, %zmm9
	vpdpbusd	%zmm6, %zmm1, %zmm30
	vpbroadcastq	592(%rcx,%r8), %zmm7
	vmovdqa64	%zmm29, %zmm6
	vpdpbusd	%zmm7, %zmm0, %zmm6
	vpbroadcastq	600(%rcx,%r8), %zmm17
	vpdpbusd	%zmm7, %zmm1, %zmm29
	vmovdqa64	%zmm25, %zmm7
	vpdpbusd	%zmm17, %zmm0, %zmm7
	vpdpbusd	%zmm17, %zmm1, %zmm25
	vpbroadcastq	608(%rcx,%r8), %zmm17
	vmovdqa64	%zmm10, %zmm24
	vpdpbusd	%zmm17, %zmm0, %zmm24
	vpdpbusd	%zmm17, %zmm1, %zmm10
	vpbroadcastq	616(%rcx,%r8), %zmm17
	vmovdqa64	%zmm11, %zmm23
	vpdpbusd	%zmm17, %zmm0, %zmm23
	vpbroadcastq	624(%rcx,%r8), %zmm3
	vpdpbusd	%zmm17, %zmm1, %zmm11
	vmovdqa64	%zmm12, %zmm17
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	632(%rcx,%r8), %zmm2
	vmovdqa64	%zmm16, %zmm31
	vpdpbusd	%zmm2, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm1, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vmovdqu64	960(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm18
	vpshufd	$177, %zmm4, %zmm0
	vpdpbusd	%zmm1, %zmm0, %zmm15
	vmovdqu64	896(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vmovdqu64	832(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm20
	vpdpbusd	%zmm1, %zmm0, %zmm19
	vmovdqu64	768(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm22
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vmovdqu64	128(%rsp), %zmm1
	vmovdqu64	704(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 128(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vmovdqu64	64(%rsp), %zmm1
	vmovdqu64	640(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 64(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm28
	vmovdqu64	(%rsp), %zmm1
	vmovdqu64	576(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, (%rsp)
	vmovdqu64	384(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, 384(%rsp)
	vmovdqu64	-64(%rsp), %zmm1
	vmovdqu64	512(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, -64(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm27
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	576(%r12,%r9), %zmm0
	vpbroadcastq	640(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	648(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm30
	vpbroadcastq	656(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	664(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpdpbusd	%zmm3, %zmm0, %zmm7
	vpdpbusd	%zmm3, %zmm2, %zmm25
	vpbroadcastq	672(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	680(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	688(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	696(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpshufb	.LCPI0_1(%rip), %zmm15, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm15
	vpsllvd	%zmm15, %zmm18, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	256(%rsp), %zmm1
	vfmadd213ps	1856(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 256(%rsp)
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	640(%r12,%r9), %zmm0
	vpbroadcastq	704(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	712(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm30
	vpbroadcastq	720(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	728(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpdpbusd	%zmm3, %zmm0, %zmm7
	vpdpbusd	%zmm3, %zmm2, %zmm25
	vpbroadcastq	736(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	744(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	752(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	760(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpshufb	.LCPI0_1(%rip), %zmm13, %zmm0
	vpsllvd	%zmm15, %zmm14, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	192(%rsp), %zmm1
	vfmadd213ps	1792(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 192(%rsp)
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	704(%r12,%r9), %zmm0
	vpbroadcastq	768(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	776(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm30
	vpbroadcastq	784(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	792(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpdpbusd	%zmm3, %zmm0, %zmm7
	vpdpbusd	%zmm3, %zmm2, %zmm25
	vpbroadcastq	800(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	808(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	816(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	824(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpshufb	.LCPI0_1(%rip), %zmm19, %zmm0
	vpsllvd	%zmm15, %zmm20, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	1024(%rsp), %zmm19
	vfmadd213ps	1728(%rsp), %zmm0, %zmm19
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	768(%r12,%r9), %zmm0
	vpbroadcastq	832(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	840(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm30
	vpbroadcastq	848(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	856(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpdpbusd	%zmm3, %zmm0, %zmm7
	vpdpbusd	%zmm3, %zmm2, %zmm25
	vpbroadcastq	864(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	872(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	880(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	888(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpshufb	.LCPI0_1(%rip), %zmm21, %zmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm18
	vpsllvd	%zmm15, %zmm22, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	1088(%rsp), %zmm20
	vfmadd213ps	1664(%rsp), %zmm0, %zmm20
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	832(%r12,%r9), %zmm0
	vpbroadcastq	896(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	904(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm30
	vpbroadcastq	912(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	920(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpdpbusd	%zmm3, %zmm0, %zmm7
	vpdpbusd	%zmm3, %zmm2, %zmm25
	vpbroadcastq	928(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	936(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	944(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm17
	vpbroadcastq	952(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm12
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	896(%r12,%r9), %zmm0
	vpbroadcastq	960(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpdpbusd	%zmm3, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm5
	vpbroadcastq	968(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm2, %zmm1, %zmm30
	vpbroadcastq	976(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm6
	vpdpbusd	%zmm2, %zmm1, %zmm29
	vpbroadcastq	984(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm7
	vpdpbusd	%zmm2, %zmm1, %zmm25
	vpbroadcastq	992(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpdpbusd	%zmm2, %zmm1, %zmm10
	vpbroadcastq	1000(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm23
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpbroadcastq	1008(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm17
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vpbroadcastq	1016(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm31
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vpshufb	%zmm18, %zmm26, %zmm0
	vmovdqu64	128(%rsp), %zmm1
	vpsllvd	%zmm15, %zmm1, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vpshufb	%zmm18, %zmm28, %zmm1
	vmovdqu64	64(%rsp), %zmm2
	vpsllvd	%zmm15, %zmm2, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovdqu64	384(%rsp), %zmm2
	vpshufb	%zmm18, %zmm2, %zmm2
	vmovdqu64	(%rsp), %zmm3
	vpsllvd	%zmm15, %zmm3, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vpshufb	%zmm18, %zmm27, %zmm3
	vmovdqu64	-64(%rsp), %zmm4
	vpsllvd	%zmm15, %zmm4, %zmm4
	vpaddd	%zmm3, %zmm4, %zmm3
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	896(%rsi,%rbp)
	prefetcht1	896(%r11,%rbp)
	#MEMBARRIER
	vmovups	1152(%rsp), %zmm22
	vfmadd213ps	1600(%rsp), %zmm0, %zmm22
	vmovdqa64	960(%r12,%r9), %zmm0
	vpbroadcastq	1024(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm13
	vpdpbusd	%zmm4, %zmm13, %zmm5
	vpbroadcastq	1032(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vpbroadcastq	1040(%rcx,%r8), %zmm14
	vpdpbusd	%zmm4, %zmm13, %zmm30
	vpdpbusd	%zmm14, %zmm0, %zmm6
	vpdpbusd	%zmm14, %zmm13, %zmm29
	vpbroadcastq	1048(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm7
	vpdpbusd	%zmm4, %zmm13, %zmm25
	vpbroadcastq	1056(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm24
	vpbroadcastq	1064(%rcx,%r8), %zmm14
	vpdpbusd	%zmm4, %zmm13, %zmm10
	vpdpbusd	%zmm14, %zmm0, %zmm23
	vpdpbusd	%zmm14, %zmm13, %zmm11
	vcvtdq2ps	%zmm1, %zmm1
	vcvtdq2ps	%zmm2, %zmm2
	vmovups	1280(%rsp), %zmm21
	vfmadd213ps	1536(%rsp), %zmm1, %zmm21
	vpbroadcastq	1072(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm17
	vpbroadcastq	1080(%rcx,%r8), %zmm4
	vmovups	1344(%rsp), %zmm14
	vfmadd213ps	1472(%rsp), %zmm2, %zmm14
	vpdpbusd	%zmm1, %zmm13, %zmm12
	vpdpbusd	%zmm4, %zmm0, %zmm31
	vcvtdq2ps	%zmm3, %zmm0
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vmovups	1216(%rsp), %zmm26
	vfmadd213ps	1408(%rsp), %zmm0, %zmm26
	vpdpbusd	%zmm4, %zmm13, %zmm16
	vpshufb	%zmm18, %zmm5, %zmm0
	vpsllvd	%zmm15, %zmm8, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmovups	320(%rsp), %zmm1
	vmulps	1088(%rcx,%r8){1to16}, %zmm1, %zmm5
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm18, %zmm30, %zmm1
	vpsllvd	%zmm15, %zmm9, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovups	320(%rsp), %zmm2
	vmulps	1092(%rcx,%r8){1to16}, %zmm2, %zmm13
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm18, %zmm29, %zmm2
	vpsllvd	%zmm15, %zmm6, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vfmadd213ps	256(%rsp), %zmm0, %zmm5
	vmovups	320(%rsp), %zmm0
	vmulps	1096(%rcx,%r8){1to16}, %zmm0, %zmm9
	vpshufb	%zmm18, %zmm25, %zmm0
	vpsllvd	%zmm15, %zmm7, %zmm3
	vpxor	%xmm7, %xmm7, %xmm7
	vpaddd	%zmm0, %zmm3, %zmm0
	vfmadd213ps	192(%rsp), %zmm1, %zmm13
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	320(%rsp), %zmm1
	vmulps	1100(%rcx,%r8){1to16}, %zmm1, %zmm4
	vpshufb	%zmm18, %zmm10, %zmm1
	vpsllvd	%zmm15, %zmm24, %zmm3
	vfmadd213ps	%zmm19, %zmm2, %zmm9
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmovups	320(%rsp), %zmm2
	vmulps	1104(%rcx,%r8){1to16}, %zmm2, %zmm8
	vpshufb	%zmm18, %zmm11, %zmm2
	vfmadd213ps	%zmm20, %zmm0, %zmm4
	vpsllvd	%zmm15, %zmm23, %zmm0
	vmovups	320(%rsp), %zmm23
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1108(%rcx,%r8){1to16}, %zmm23, %zmm6
	vfmadd213ps	%zmm22, %zmm1, %zmm8
	vpshufb	%zmm18, %zmm12, %zmm1
	vpsllvd	%zmm15, %zmm17, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1112(%rcx,%r8){1to16}, %zmm23, %zmm3
	vfmadd213ps	%zmm21, %zmm0, %zmm6
	vcvtdq2ps	%zmm1, %zmm0
	vpshufb	%zmm18, %zmm16, %zmm1
	vpsllvd	%zmm15, %zmm31, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm14, %zmm0, %zmm3
	vmulps	1116(%rcx,%r8){1to16}, %zmm23, %zmm0
	vfmadd213ps	%zmm26, %zmm1, %zmm0
	addq	$1152, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_12
	vmovups	%zmm5, 1856(%rsp)
	vmovups	%zmm13, 1792(%rsp)
	vmovups	%zmm9, 1728(%rsp)
	vmovups	%zmm4, 1664(%rsp)
	vmovups	%zmm8, 1600(%rsp)
	vmovups	%zmm6, 1536(%rsp)
	vmovups	%zmm3, 1472(%rsp)
	vmovups	%zmm0, 1408(%rsp)
	vxorps	%xmm0, %xmm0, %xmm0
	vmovups	%zmm0, -64(%rsp)
	xorl	%r9d, %r9d
	vxorps	%xmm4, %xmm4, %xmm4
	vpxord	%xmm31, %xmm31, %xmm31
	vpxord	%xmm30, %xmm30, %xmm30
	vpxord	%xmm28, %xmm28, %xmm28
	vpxord	%xmm25, %xmm25, %xmm25
	vxorps	%xmm22, %xmm22, %xmm22
	vxorps	%xmm20, %xmm20, %xmm20
	xorl	%r8d, %r8d
	vmovups	448(%rsp), %zmm24
	.p2align	4
.LBB0_14:
	vmovdqu64	%zmm31, 576(%rsp)
	vmovdqu64	%zmm30, 704(%rsp)
	vmovdqu64	%zmm28, 896(%rsp)
	vmovdqu64	%zmm25, 1024(%rsp)
	vmovups	%zmm4, 1280(%rsp)
	vmovups	%zmm22, 1344(%rsp)
	vmovups	%zmm20, 384(%rsp)
	movq	%r9, %rsi
	vpunpckldq	544(%rcx,%r8){1to16}, %zmm7, %zmm21
	subq	%rdi, %rsi
	vpunpckldq	548(%rcx,%r8){1to16}, %zmm7, %zmm19
	vpunpckldq	552(%rcx,%r8){1to16}, %zmm7, %zmm18
	cmpq	%rax, %rsi
	movl	$0, %esi
	vpunpckldq	556(%rcx,%r8){1to16}, %zmm7, %zmm15
	vpunpckldq	560(%rcx,%r8){1to16}, %zmm7, %zmm12
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	564(%rcx,%r8){1to16}, %zmm7, %zmm11
	vpunpckldq	568(%rcx,%r8){1to16}, %zmm7, %zmm4
	cmovbq	%rbx, %r11
	leaq	(%r13,%r9), %rbp
	vpunpckldq	572(%rcx,%r8){1to16}, %zmm7, %zmm14
	#MEMBARRIER
	vmovdqa64	(%r13,%r9), %zmm0
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%rcx,%r8), %zmm2
	vmovdqa64	%zmm21, %zmm22
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpbroadcastq	8(%rcx,%r8), %zmm2
	vmovdqa64	%zmm19, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm20
	vpbroadcastq	16(%rcx,%r8), %zmm3
	vmovdqa64	%zmm18, %zmm10
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm18
	vpbroadcastq	24(%rcx,%r8), %zmm2
	vmovdqa64	%zmm15, %zmm13
	vpdpbusd	%zmm2, %zmm0, %zmm13
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpbroadcastq	32(%rcx,%r8), %zmm2
	vmovdqa64	%zmm12, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm5
	vpbroadcastq	40(%rcx,%r8), %zmm3
	vmovdqa64	%zmm11, %zmm6
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm6
	vpdpbusd	%zmm3, %zmm1, %zmm11
	vpbroadcastq	48(%rcx,%r8), %zmm2
	vmovdqa64	%zmm4, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm9
	vpdpbusd	%zmm2, %zmm1, %zmm4
	vmovdqa64	%zmm4, %zmm16
	vpbroadcastq	56(%rcx,%r8), %zmm2
	vmovdqa64	%zmm14, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm4
	#MEMBARRIER
	prefetcht0	64(%rsi,%rbp)
	prefetcht1	64(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vmovdqa64	64(%r13,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	64(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpbroadcastq	72(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm20
	vpbroadcastq	80(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpdpbusd	%zmm8, %zmm0, %zmm10
	vpbroadcastq	88(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm13
	vpdpbusd	%zmm8, %zmm1, %zmm18
	vpbroadcastq	96(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm5
	vpbroadcastq	104(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpdpbusd	%zmm3, %zmm1, %zmm12
	vpdpbusd	%zmm8, %zmm0, %zmm6
	vpbroadcastq	112(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm8, %zmm1, %zmm11
	vpbroadcastq	120(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm4
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vmovdqa64	128(%r13,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	128(%rcx,%r8), %zmm8
	vpdpbusd	%zmm3, %zmm1, %zmm14
	vpdpbusd	%zmm8, %zmm0, %zmm22
	vpdpbusd	%zmm8, %zmm2, %zmm21
	vpbroadcastq	136(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm20
	vpdpbusd	%zmm1, %zmm2, %zmm19
	vpbroadcastq	144(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpbroadcastq	152(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm18
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpdpbusd	%zmm3, %zmm2, %zmm15
	vpbroadcastq	160(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm5
	vpdpbusd	%zmm1, %zmm2, %zmm12
	vpbroadcastq	168(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpbroadcastq	176(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm9
	vpbroadcastq	184(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm4
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	vpdpbusd	%zmm3, %zmm2, %zmm16
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r13,%r9), %zmm0
	vpbroadcastq	192(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm14
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm0, %zmm22
	vpbroadcastq	200(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm20
	vpdpbusd	%zmm3, %zmm1, %zmm21
	vpbroadcastq	208(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	216(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm1, %zmm18
	vpdpbusd	%zmm8, %zmm0, %zmm13
	vpbroadcastq	224(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm5
	vpdpbusd	%zmm8, %zmm1, %zmm15
	vpbroadcastq	232(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm6
	vpbroadcastq	240(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vpdpbusd	%zmm3, %zmm1, %zmm11
	vpdpbusd	%zmm8, %zmm0, %zmm9
	vpbroadcastq	248(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm4
	#MEMBARRIER
	vpdpbusd	%zmm8, %zmm1, %zmm16
	prefetcht0	256(%rsi,%rbp)
	prefetcht1	256(%r11,%rbp)
	vmovdqa64	256(%r13,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm14
	vpbroadcastq	256(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vpbroadcastq	264(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm20
	vpdpbusd	%zmm2, %zmm3, %zmm19
	vpbroadcastq	272(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm1, %zmm3, %zmm18
	vpbroadcastq	280(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpbroadcastq	288(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm15
	vpdpbusd	%zmm2, %zmm0, %zmm5
	vpdpbusd	%zmm2, %zmm3, %zmm12
	vpbroadcastq	296(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm6
	vpdpbusd	%zmm1, %zmm3, %zmm11
	vpbroadcastq	304(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpbroadcastq	312(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm16
	vpdpbusd	%zmm2, %zmm0, %zmm4
	#MEMBARRIER
	prefetcht0	320(%rsi,%rbp)
	prefetcht1	320(%r11,%rbp)
	vmovdqa64	320(%r13,%r9), %zmm0
	vpdpbusd	%zmm2, %zmm3, %zmm14
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	320(%rcx,%r8), %zmm2
	vpbroadcastq	328(%rcx,%r8), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpdpbusd	%zmm3, %zmm0, %zmm20
	vpbroadcastq	336(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpbroadcastq	344(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	352(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm18
	vpdpbusd	%zmm3, %zmm1, %zmm15
	vpdpbusd	%zmm8, %zmm0, %zmm5
	vpbroadcastq	360(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm6
	vpdpbusd	%zmm8, %zmm1, %zmm12
	vpbroadcastq	368(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm9
	vpbroadcastq	376(%rcx,%r8), %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm3, %zmm1, %zmm16
	vpdpbusd	%zmm8, %zmm0, %zmm4
	#MEMBARRIER
	prefetcht0	384(%rsi,%rbp)
	vmovdqa64	384(%r13,%r9), %zmm0
	vpdpbusd	%zmm8, %zmm1, %zmm14
	prefetcht1	384(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	384(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpdpbusd	%zmm2, %zmm1, %zmm21
	vpbroadcastq	392(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm20
	vpbroadcastq	400(%rcx,%r8), %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	408(%rcx,%r8), %zmm2
	vpbroadcastq	416(%rcx,%r8), %zmm8
	vpdpbusd	%zmm3, %zmm1, %zmm18
	vpdpbusd	%zmm2, %zmm0, %zmm13
	vpdpbusd	%zmm8, %zmm0, %zmm5
	vmovdqu64	%zmm5, 256(%rsp)
	vpbroadcastq	424(%rcx,%r8), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm6
	vmovdqu64	%zmm6, 192(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm15
	vpbroadcastq	432(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vmovdqu64	%zmm9, 128(%rsp)
	vpbroadcastq	440(%rcx,%r8), %zmm9
	vpdpbusd	%zmm8, %zmm1, %zmm12
	vpdpbusd	%zmm9, %zmm0, %zmm4
	vmovdqu64	%zmm4, 64(%rsp)
	#MEMBARRIER
	vmovdqa64	448(%r13,%r9), %zmm4
	vbroadcastsd	448(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2368(%rsp)
	vpdpbusd	%zmm3, %zmm1, %zmm11
	prefetcht0	448(%rsi,%rbp)
	vbroadcastsd	456(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2304(%rsp)
	vbroadcastsd	464(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2240(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vmovdqu64	%zmm16, (%rsp)
	prefetcht1	448(%r11,%rbp)
	vbroadcastsd	472(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2176(%rsp)
	vbroadcastsd	480(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2112(%rsp)
	vpdpbusd	%zmm9, %zmm1, %zmm14
	vbroadcastsd	488(%rcx,%r8), %zmm0
	vmovups	%zmm0, 2048(%rsp)
	vbroadcastsd	496(%rcx,%r8), %zmm0
	vmovups	%zmm0, 1984(%rsp)
	vbroadcastsd	504(%rcx,%r8), %zmm0
	vmovups	%zmm0, 1920(%rsp)
	vmulps	512(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 512(%rsp)
	vmulps	516(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 640(%rsp)
	vmulps	520(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 768(%rsp)
	vmulps	524(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 832(%rsp)
	vmulps	528(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 960(%rsp)
	vmulps	532(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 1152(%rsp)
	vmulps	536(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 1216(%rsp)
	vmulps	540(%rcx,%r8){1to16}, %zmm24, %zmm0
	vmovups	%zmm0, 1088(%rsp)
	vpunpckldq	1120(%rcx,%r8){1to16}, %zmm7, %zmm28
	vpunpckldq	1124(%rcx,%r8){1to16}, %zmm7, %zmm5
	vpunpckldq	1128(%rcx,%r8){1to16}, %zmm7, %zmm25
	vpunpckldq	1132(%rcx,%r8){1to16}, %zmm7, %zmm24
	vpunpckldq	1136(%rcx,%r8){1to16}, %zmm7, %zmm29
	vpunpckldq	1140(%rcx,%r8){1to16}, %zmm7, %zmm6
	vpunpckldq	1144(%rcx,%r8){1to16}, %zmm7, %zmm17
	vxorps	%xmm0, %xmm0, %xmm0
	vpunpckldq	1148(%rcx,%r8){1to16}, %zmm0, %zmm7
	#MEMBARRIER
	vmovdqa64	512(%r13,%r9), %zmm0
	vpbroadcastq	576(%rcx,%r8), %zmm9
	vmovdqa64	%zmm28, %zmm8
	vpdpbusd	%zmm9, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm9, %zmm1, %zmm28
	vpbroadcastq	584(%rcx,%r8), %zmm16
	vmovdqa64	%zmm5, %zmm9
	vpdpbusd	%zmm16, %zmm0, %zmm9
	vpdpbusd	%zmm16, %zmm1, %zmm5
	vpbroadcastq	592(%rcx,%r8), %zmm16
	vmovdqa64	%zmm25, %zmm31
	vpdpbusd	%zmm16, %zmm0, %zmm31
	vpbroadcastq	600(%rcx,%r8), %zmm23
	vpdpbusd	%zmm16, %zmm1, %zmm25
	vmovdqa64	%zmm24, %zmm30
	vpdpbusd	%zmm23, %zmm0, %zmm30
	vpdpbusd	%zmm23, %zmm1, %zmm24
	vpbroadcastq	608(%rcx,%r8), %zmm16
	vmovdqa64	%zmm29, %zmm23
	vpdpbusd	%zmm16, %zmm0, %zmm23
	vpdpbusd	%zmm16, %zmm1, %zmm29
	vpbroadcastq	616(%rcx,%r8), %zmm16
	vmovdqa64	%zmm6, %zmm27
	vpdpbusd	%zmm16, %zmm0, %zmm27
	vpbroadcastq	624(%rcx,%r8), %zmm3
	vpdpbusd	%zmm16, %zmm1, %zmm6
	vmovdqa64	%zmm17, %zmm26
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	632(%rcx,%r8), %zmm2
	vmovdqa64	%zmm7, %zmm16
	vpdpbusd	%zmm2, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpdpbusd	%zmm2, %zmm1, %zmm7
	vmovdqu64	2368(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm22
	vpshufd	$177, %zmm4, %zmm0
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vmovdqu64	2304(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm20
	vpdpbusd	%zmm1, %zmm0, %zmm19
	vmovdqu64	2240(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm10
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vmovdqu64	2176(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm13
	vpdpbusd	%zmm1, %zmm0, %zmm15
	vmovdqu64	256(%rsp), %zmm1
	vmovdqu64	2112(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 256(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vmovdqu64	192(%rsp), %zmm1
	vmovdqu64	2048(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 192(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vmovdqu64	128(%rsp), %zmm1
	vmovdqu64	1984(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 128(%rsp)
	vmovdqu64	(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, (%rsp)
	vmovdqu64	64(%rsp), %zmm1
	vmovdqu64	1920(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 64(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm14
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	576(%r13,%r9), %zmm0
	vpbroadcastq	640(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	648(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	656(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpbroadcastq	664(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpdpbusd	%zmm3, %zmm0, %zmm30
	vpdpbusd	%zmm3, %zmm2, %zmm24
	vpbroadcastq	672(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	680(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	688(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	696(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm17
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpshufb	.LCPI0_1(%rip), %zmm21, %zmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm21
	vpbroadcastq	.LCPI0_0(%rip), %zmm1
	vpsllvd	%zmm1, %zmm22, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	512(%rsp), %zmm22
	vfmadd213ps	-64(%rsp), %zmm0, %zmm22
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	640(%r13,%r9), %zmm0
	vpbroadcastq	704(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	712(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	720(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpbroadcastq	728(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpdpbusd	%zmm3, %zmm0, %zmm30
	vpdpbusd	%zmm3, %zmm2, %zmm24
	vpbroadcastq	736(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	744(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	752(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	760(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm17
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpshufb	%zmm21, %zmm19, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm1
	vpsllvd	%zmm1, %zmm20, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	640(%rsp), %zmm20
	vfmadd213ps	1280(%rsp), %zmm0, %zmm20
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	704(%r13,%r9), %zmm0
	vpbroadcastq	768(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	776(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	784(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpbroadcastq	792(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpdpbusd	%zmm3, %zmm0, %zmm30
	vpdpbusd	%zmm3, %zmm2, %zmm24
	vpbroadcastq	800(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	808(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	816(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	824(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm17
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpshufb	%zmm21, %zmm18, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm1
	vpsllvd	%zmm1, %zmm10, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	768(%rsp), %zmm18
	vfmadd213ps	576(%rsp), %zmm0, %zmm18
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	768(%r13,%r9), %zmm0
	vpbroadcastq	832(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	840(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	848(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpbroadcastq	856(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpdpbusd	%zmm3, %zmm0, %zmm30
	vpdpbusd	%zmm3, %zmm2, %zmm24
	vpbroadcastq	864(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	872(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	880(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	888(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm17
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpshufb	%zmm21, %zmm15, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm15
	vpsllvd	%zmm15, %zmm13, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	832(%rsp), %zmm13
	vfmadd213ps	704(%rsp), %zmm0, %zmm13
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	832(%r13,%r9), %zmm0
	vpbroadcastq	896(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	904(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm5
	vpbroadcastq	912(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpbroadcastq	920(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpdpbusd	%zmm3, %zmm0, %zmm30
	vpdpbusd	%zmm3, %zmm2, %zmm24
	vpbroadcastq	928(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	936(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	944(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	952(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vpdpbusd	%zmm3, %zmm2, %zmm17
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	896(%r13,%r9), %zmm0
	vpbroadcastq	960(%rcx,%r8), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpdpbusd	%zmm3, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm28
	vpbroadcastq	968(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm2, %zmm1, %zmm5
	vpbroadcastq	976(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm31
	vpdpbusd	%zmm2, %zmm1, %zmm25
	vpbroadcastq	984(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpbroadcastq	992(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm23
	vpdpbusd	%zmm2, %zmm1, %zmm29
	vpbroadcastq	1000(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm6
	vpbroadcastq	1008(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm1, %zmm17
	vpbroadcastq	1016(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm16
	vpdpbusd	%zmm2, %zmm1, %zmm7
	vpshufb	%zmm21, %zmm12, %zmm0
	vmovdqu64	256(%rsp), %zmm1
	vpsllvd	%zmm15, %zmm1, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vpshufb	%zmm21, %zmm11, %zmm1
	vmovdqu64	192(%rsp), %zmm2
	vpsllvd	%zmm15, %zmm2, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovdqu64	(%rsp), %zmm2
	vpshufb	%zmm21, %zmm2, %zmm2
	vmovdqu64	128(%rsp), %zmm3
	vpsllvd	%zmm15, %zmm3, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vpshufb	%zmm21, %zmm14, %zmm3
	vmovdqu64	64(%rsp), %zmm4
	vpsllvd	%zmm15, %zmm4, %zmm4
	vpaddd	%zmm3, %zmm4, %zmm3
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	896(%rsi,%rbp)
	prefetcht1	896(%r11,%rbp)
	#MEMBARRIER
	vmovups	960(%rsp), %zmm14
	vfmadd213ps	896(%rsp), %zmm0, %zmm14
	vmovdqa64	960(%r13,%r9), %zmm0
	vpbroadcastq	1024(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm8
	vpshufd	$177, %zmm0, %zmm10
	vpdpbusd	%zmm4, %zmm10, %zmm28
	vpbroadcastq	1032(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vpbroadcastq	1040(%rcx,%r8), %zmm11
	vpdpbusd	%zmm4, %zmm10, %zmm5
	vpdpbusd	%zmm11, %zmm0, %zmm31
	vpdpbusd	%zmm11, %zmm10, %zmm25
	vpbroadcastq	1048(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm30
	vpdpbusd	%zmm4, %zmm10, %zmm24
	vpbroadcastq	1056(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm23
	vpbroadcastq	1064(%rcx,%r8), %zmm11
	vpdpbusd	%zmm4, %zmm10, %zmm29
	vpdpbusd	%zmm11, %zmm0, %zmm27
	vpdpbusd	%zmm11, %zmm10, %zmm6
	vcvtdq2ps	%zmm1, %zmm1
	vcvtdq2ps	%zmm2, %zmm2
	vmovups	1152(%rsp), %zmm12
	vfmadd213ps	1024(%rsp), %zmm1, %zmm12
	vpbroadcastq	1072(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vpbroadcastq	1080(%rcx,%r8), %zmm4
	vmovups	1216(%rsp), %zmm11
	vfmadd213ps	1344(%rsp), %zmm2, %zmm11
	vpdpbusd	%zmm1, %zmm10, %zmm17
	vpdpbusd	%zmm4, %zmm0, %zmm16
	vcvtdq2ps	%zmm3, %zmm0
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vmovups	1088(%rsp), %zmm19
	vfmadd213ps	384(%rsp), %zmm0, %zmm19
	vpdpbusd	%zmm4, %zmm10, %zmm7
	vpshufb	%zmm21, %zmm28, %zmm0
	vpsllvd	%zmm15, %zmm8, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmovups	448(%rsp), %zmm1
	vmulps	1088(%rcx,%r8){1to16}, %zmm1, %zmm8
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm21, %zmm5, %zmm1
	vpsllvd	%zmm15, %zmm9, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovups	448(%rsp), %zmm2
	vmulps	1092(%rcx,%r8){1to16}, %zmm2, %zmm4
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm21, %zmm25, %zmm2
	vpsllvd	%zmm15, %zmm31, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vfmadd213ps	%zmm22, %zmm0, %zmm8
	vmovups	%zmm8, -64(%rsp)
	vmovups	448(%rsp), %zmm0
	vmulps	1096(%rcx,%r8){1to16}, %zmm0, %zmm31
	vpshufb	%zmm21, %zmm24, %zmm0
	vmovups	448(%rsp), %zmm24
	vpsllvd	%zmm15, %zmm30, %zmm3
	vpaddd	%zmm0, %zmm3, %zmm0
	vfmadd213ps	%zmm20, %zmm1, %zmm4
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1100(%rcx,%r8){1to16}, %zmm24, %zmm30
	vpshufb	%zmm21, %zmm29, %zmm1
	vpsllvd	%zmm15, %zmm23, %zmm3
	vfmadd213ps	%zmm18, %zmm2, %zmm31
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	1104(%rcx,%r8){1to16}, %zmm24, %zmm28
	vpshufb	%zmm21, %zmm6, %zmm2
	vfmadd213ps	%zmm13, %zmm0, %zmm30
	vpsllvd	%zmm15, %zmm27, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1108(%rcx,%r8){1to16}, %zmm24, %zmm25
	vfmadd213ps	%zmm14, %zmm1, %zmm28
	vpshufb	%zmm21, %zmm17, %zmm1
	vpsllvd	%zmm15, %zmm26, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1112(%rcx,%r8){1to16}, %zmm24, %zmm22
	vfmadd213ps	%zmm12, %zmm0, %zmm25
	vcvtdq2ps	%zmm1, %zmm0
	vpshufb	%zmm21, %zmm7, %zmm1
	vpxor	%xmm7, %xmm7, %xmm7
	vpsllvd	%zmm15, %zmm16, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm11, %zmm0, %zmm22
	vmulps	1116(%rcx,%r8){1to16}, %zmm24, %zmm20
	vfmadd213ps	%zmm19, %zmm1, %zmm20
	addq	$1152, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_14
	vmovaps	%zmm4, %zmm21
	leaq	(%rdx,%rdx,2), %rax
	vbroadcastss	.LCPI0_2(%rip), %zmm5
	vmovups	1856(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vbroadcastss	.LCPI0_3(%rip), %zmm6
	vmovaps	%zmm6, %zmm1
	vbroadcastss	.LCPI0_4(%rip), %zmm8
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vbroadcastss	.LCPI0_5(%rip), %zmm9
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vbroadcastss	.LCPI0_6(%rip), %zmm10
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vbroadcastss	.LCPI0_7(%rip), %zmm11
	vmovaps	%zmm11, %zmm4
	vbroadcastss	.LCPI0_8(%rip), %zmm12
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vbroadcastss	.LCPI0_9(%rip), %zmm13
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vbroadcastss	.LCPI0_10(%rip), %zmm14
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vbroadcastss	.LCPI0_11(%rip), %zmm15
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vbroadcastss	.LCPI0_12(%rip), %zmm16
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vbroadcastss	.LCPI0_13(%rip), %zmm17
	vcmpnltps	%zmm17, %zmm0, %k1
	vbroadcastss	.LCPI0_14(%rip), %zmm18
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	-64(%rsp), %zmm0, %zmm0
	movq	-72(%rsp), %rdi
	vmovups	%zmm0, (%rdi,%rax)
	leaq	1(%rdx), %rax
	movq	%r10, %rsi
	movq	-88(%rsp), %rcx
	cmpq	%rcx, %rax
	vmovups	320(%rsp), %zmm23
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1792(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm21, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	leaq	2(%rdx), %rax
	movq	%r10, %rsi
	cmpq	%rcx, %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1728(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm31, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	leaq	3(%rdx), %rax
	movq	%r10, %rsi
	cmpq	%rcx, %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1664(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm30, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	leaq	4(%rdx), %rax
	movq	%r10, %rsi
	cmpq	%rcx, %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1600(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm28, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	leaq	5(%rdx), %rax
	movq	%r10, %rsi
	cmpq	%rcx, %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1536(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm25, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	leaq	6(%rdx), %rax
	movq	%r10, %rsi
	cmpq	%rcx, %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	1472(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	shlq	$12, %rax
	vmulps	%zmm22, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	addq	$7, %rdx
	movq	%r10, %rsi
	cmpq	%rcx, %rdx
	jge	.LBB0_3
	leaq	(%rdx,%rdx,2), %rax
	shlq	$12, %rax
	vmovups	1408(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm8, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm9, %zmm2, %zmm3
	vfmadd231ps	%zmm10, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm11, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
	vfmadd213ps	%zmm14, %zmm3, %zmm4
	vfmadd213ps	%zmm15, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vaddps	%zmm16, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	%zmm17, %zmm0, %k1
	vcmpgtps	%zmm18, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm16, %zmm0, %zmm0
	vdivps	%zmm0, %zmm19, %zmm0
	vmulps	%zmm20, %zmm0, %zmm0
	vmovups	%zmm0, (%rdi,%rax)
	movq	%r10, %rsi
	jmp	.LBB0_3
.LBB0_23:
	addq	$2440, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0, .Lfunc_end0-matmul_i8_row_r16_i16_3072x1024_gated_2x8_rows_b1298eba9f4889b0

	.section	".note.GNU-stack","",@progbits
