	.file	"matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d"
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
	.globl	matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d
	.p2align	4
	.type	matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d,@function
matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$1912, %rsp
	movq	%rdx, -112(%rsp)
	movq	%rsi, %r13
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -88(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -120(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -128(%rsp)
	movq	16(%rcx), %r8
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	leaq	7(%r8), %r14
	shrq	$3, %r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$16448, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxor	%xmm8, %xmm8, %xmm8
	movq	%r8, -96(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-104(%rsp), %r13
	incq	%r13
.LBB0_1:
	cmpq	-112(%rsp), %r13
	jge	.LBB0_21
	imulq	$16448, %r13, %rax
	movq	-120(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm6
	movq	%r13, -104(%rsp)
	shlq	$6, %r13
	addq	-128(%rsp), %r13
	xorl	%ecx, %ecx
	vmovups	%zmm6, 432(%rsp)
	.p2align	4
.LBB0_3:
	cmpq	%r14, %rcx
	jge	.LBB0_4
	movq	%rcx, %rax
	shlq	$4, %rax
	movq	%rax, %rdx
	orq	%r14, %rdx
	shrq	$32, %rdx
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
	leaq	1(%rcx), %rbp
	movq	%rbp, %rax
	shlq	$4, %rax
	movq	%rax, %rdx
	orq	%r14, %rdx
	shrq	$32, %rdx
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r14
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r14d
.LBB0_11:
	leaq	(%rcx,%rcx,8), %r10
	movq	%rcx, %rdx
	shlq	$3, %rdx
	shlq	$11, %r10
	addq	-88(%rsp), %r10
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm19, %xmm19, %xmm19
	xorl	%ecx, %ecx
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm16, %xmm16, %xmm16
	vxorps	%xmm14, %xmm14, %xmm14
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm4, %xmm4, %xmm4
	vxorps	%xmm3, %xmm3, %xmm3
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_12:
	vmovups	%zmm7, 1136(%rsp)
	vmovups	%zmm19, 1456(%rsp)
	vmovups	%zmm17, 1520(%rsp)
	vmovups	%zmm16, 1584(%rsp)
	vmovups	%zmm14, 1648(%rsp)
	vmovups	%zmm4, 1712(%rsp)
	vmovups	%zmm3, 1776(%rsp)
	vmovups	%zmm0, 1840(%rsp)
	movq	%rcx, %rsi
	vpunpckldq	544(%r10,%r9){1to16}, %zmm8, %zmm26
	subq	%rdi, %rsi
	vpunpckldq	548(%r10,%r9){1to16}, %zmm8, %zmm24
	vpunpckldq	552(%r10,%r9){1to16}, %zmm8, %zmm22
	cmpq	%rax, %rsi
	movl	$0, %r8d
	vpunpckldq	556(%r10,%r9){1to16}, %zmm8, %zmm19
	vpunpckldq	560(%r10,%r9){1to16}, %zmm8, %zmm16
	cmovbq	%r15, %r8
	movl	$0, %esi
	vpunpckldq	564(%r10,%r9){1to16}, %zmm8, %zmm17
	vpunpckldq	568(%r10,%r9){1to16}, %zmm8, %zmm5
	cmovbq	%rbx, %rsi
	leaq	(%r12,%rcx), %r11
	vpunpckldq	572(%r10,%r9){1to16}, %zmm8, %zmm13
	#MEMBARRIER
	vmovdqa64	(%r12,%rcx), %zmm0
	prefetcht0	(%r8,%r11)
	prefetcht1	(%rsi,%r11)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%r10,%r9), %zmm2
	vmovdqa64	%zmm26, %zmm27
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	8(%r10,%r9), %zmm2
	vmovdqa64	%zmm24, %zmm25
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	16(%r10,%r9), %zmm3
	vmovdqa64	%zmm22, %zmm23
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	24(%r10,%r9), %zmm2
	vmovdqa64	%zmm19, %zmm14
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpbroadcastq	32(%r10,%r9), %zmm2
	vmovdqa64	%zmm16, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm9
	vpbroadcastq	40(%r10,%r9), %zmm3
	vmovdqa64	%zmm17, %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vpdpbusd	%zmm3, %zmm0, %zmm4
	vmovdqa64	%zmm4, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpbroadcastq	48(%r10,%r9), %zmm2
	vmovdqa64	%zmm5, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm11
	vpdpbusd	%zmm2, %zmm1, %zmm5
	vmovdqa64	%zmm5, %zmm12
	vpbroadcastq	56(%r10,%r9), %zmm2
	vmovdqa64	%zmm13, %zmm4
	vmovdqa64	%zmm13, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vmovdqa64	%zmm3, %zmm5
	#MEMBARRIER
	prefetcht0	64(%r8,%r11)
	prefetcht1	64(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm4
	vmovdqa64	%zmm4, %zmm13
	vmovdqa64	64(%r12,%rcx), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	64(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	72(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	80(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm4, %zmm0, %zmm23
	vpbroadcastq	88(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm1, %zmm22
	vpbroadcastq	96(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm9
	vpbroadcastq	104(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpdpbusd	%zmm3, %zmm1, %zmm16
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vpbroadcastq	112(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vpdpbusd	%zmm4, %zmm1, %zmm17
	vpbroadcastq	120(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	128(%r8,%r11)
	prefetcht1	128(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vmovdqa64	128(%r12,%rcx), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	128(%r10,%r9), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm27
	vpdpbusd	%zmm4, %zmm2, %zmm26
	vpbroadcastq	136(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm25
	vpdpbusd	%zmm1, %zmm2, %zmm24
	vpbroadcastq	144(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpbroadcastq	152(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm22
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm2, %zmm19
	vpbroadcastq	160(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm9
	vpdpbusd	%zmm1, %zmm2, %zmm16
	vpbroadcastq	168(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpbroadcastq	176(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm17
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	184(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	192(%r8,%r11)
	vpdpbusd	%zmm3, %zmm2, %zmm12
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r12,%rcx), %zmm0
	vpbroadcastq	192(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm13
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm0, %zmm27
	vpbroadcastq	200(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	208(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	216(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm14
	vpbroadcastq	224(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm4, %zmm1, %zmm19
	vpbroadcastq	232(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vpbroadcastq	240(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm17
	vpdpbusd	%zmm4, %zmm0, %zmm11
	vpbroadcastq	248(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	vpdpbusd	%zmm4, %zmm1, %zmm12
	prefetcht0	256(%r8,%r11)
	prefetcht1	256(%rsi,%r11)
	vmovdqa64	256(%r12,%rcx), %zmm0
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpbroadcastq	256(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpbroadcastq	264(%r10,%r9), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm26
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm24
	vpbroadcastq	272(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm23
	vpdpbusd	%zmm1, %zmm3, %zmm22
	vpbroadcastq	280(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	288(%r10,%r9), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm19
	vpdpbusd	%zmm2, %zmm0, %zmm9
	vpdpbusd	%zmm2, %zmm3, %zmm16
	vpbroadcastq	296(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm1, %zmm3, %zmm17
	vpbroadcastq	304(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm11
	vpbroadcastq	312(%r10,%r9), %zmm2
	vpdpbusd	%zmm1, %zmm3, %zmm12
	vpdpbusd	%zmm2, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	320(%r8,%r11)
	prefetcht1	320(%rsi,%r11)
	vmovdqa64	320(%r12,%rcx), %zmm0
	vpdpbusd	%zmm2, %zmm3, %zmm13
	vmovdqa64	%zmm13, %zmm15
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	320(%r10,%r9), %zmm2
	vpbroadcastq	328(%r10,%r9), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm0, %zmm25
	vpbroadcastq	336(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpbroadcastq	344(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm14
	vpbroadcastq	352(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm22
	vpdpbusd	%zmm3, %zmm1, %zmm19
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vpbroadcastq	360(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm4, %zmm1, %zmm16
	vpbroadcastq	368(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm11
	vpbroadcastq	376(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm17
	vpdpbusd	%zmm3, %zmm1, %zmm12
	vmovdqa64	%zmm12, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm5
	vmovdqa64	%zmm5, %zmm12
	#MEMBARRIER
	prefetcht0	384(%r8,%r11)
	vmovdqa64	384(%r12,%rcx), %zmm0
	vpdpbusd	%zmm4, %zmm1, %zmm15
	prefetcht1	384(%rsi,%r11)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	384(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm1, %zmm26
	vpbroadcastq	392(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpbroadcastq	400(%r10,%r9), %zmm3
	vpdpbusd	%zmm2, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm0, %zmm23
	vpbroadcastq	408(%r10,%r9), %zmm2
	vpbroadcastq	416(%r10,%r9), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm0, %zmm9
	vmovdqu64	%zmm9, 1008(%rsp)
	vpbroadcastq	424(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm10
	vmovdqu64	%zmm10, 240(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm19
	vpbroadcastq	432(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm11
	vmovdqu64	%zmm11, 176(%rsp)
	vpbroadcastq	440(%r10,%r9), %zmm5
	vpdpbusd	%zmm4, %zmm1, %zmm16
	vpdpbusd	%zmm5, %zmm0, %zmm12
	vmovdqu64	%zmm12, 112(%rsp)
	#MEMBARRIER
	vmovdqa64	448(%r12,%rcx), %zmm4
	vbroadcastsd	448(%r10,%r9), %zmm0
	vmovups	%zmm0, 944(%rsp)
	vpdpbusd	%zmm3, %zmm1, %zmm17
	prefetcht0	448(%r8,%r11)
	vbroadcastsd	456(%r10,%r9), %zmm0
	vmovups	%zmm0, 880(%rsp)
	vbroadcastsd	464(%r10,%r9), %zmm0
	vmovups	%zmm0, 816(%rsp)
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vmovdqu64	%zmm13, 48(%rsp)
	prefetcht1	448(%rsi,%r11)
	vbroadcastsd	472(%r10,%r9), %zmm0
	vmovups	%zmm0, 752(%rsp)
	vbroadcastsd	480(%r10,%r9), %zmm0
	vmovups	%zmm0, 688(%rsp)
	vpdpbusd	%zmm5, %zmm1, %zmm15
	vmovdqu64	%zmm15, -80(%rsp)
	vbroadcastsd	488(%r10,%r9), %zmm0
	vmovups	%zmm0, 624(%rsp)
	vbroadcastsd	496(%r10,%r9), %zmm0
	vmovups	%zmm0, 560(%rsp)
	vbroadcastsd	504(%r10,%r9), %zmm0
	vmovups	%zmm0, 496(%rsp)
	vmulps	512(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 368(%rsp)
	vmulps	516(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 304(%rsp)
	vmulps	520(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, -16(%rsp)
	vmulps	524(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 1072(%rsp)
	vmulps	528(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 1200(%rsp)
	vmulps	532(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 1328(%rsp)
	vmulps	536(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 1392(%rsp)
	vmulps	540(%r10,%r9){1to16}, %zmm6, %zmm0
	vmovups	%zmm0, 1264(%rsp)
	vpunpckldq	1120(%r10,%r9){1to16}, %zmm8, %zmm7
	vpunpckldq	1124(%r10,%r9){1to16}, %zmm8, %zmm6
	vpunpckldq	1128(%r10,%r9){1to16}, %zmm8, %zmm28
	vpunpckldq	1132(%r10,%r9){1to16}, %zmm8, %zmm31
	vpunpckldq	1136(%r10,%r9){1to16}, %zmm8, %zmm9
	vpunpckldq	1140(%r10,%r9){1to16}, %zmm8, %zmm11
	vpunpckldq	1144(%r10,%r9){1to16}, %zmm8, %zmm13
	vpunpckldq	1148(%r10,%r9){1to16}, %zmm8, %zmm20
	#MEMBARRIER
	vmovdqa64	512(%r12,%rcx), %zmm0
	vpbroadcastq	576(%r10,%r9), %zmm3
	vmovdqa64	%zmm7, %zmm21
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	584(%r10,%r9), %zmm5
	vmovdqa64	%zmm6, %zmm8
	vpdpbusd	%zmm5, %zmm0, %zmm8
	vpdpbusd	%zmm5, %zmm1, %zmm6
	vpbroadcastq	592(%r10,%r9), %zmm5
	vmovdqa64	%zmm28, %zmm18
	vpdpbusd	%zmm5, %zmm0, %zmm18
	vpbroadcastq	600(%r10,%r9), %zmm10
	vpdpbusd	%zmm5, %zmm1, %zmm28
	vmovdqa64	%zmm31, %zmm15
	vpdpbusd	%zmm10, %zmm0, %zmm15
	vpdpbusd	%zmm10, %zmm1, %zmm31
	vpbroadcastq	608(%r10,%r9), %zmm5
	vmovdqa64	%zmm9, %zmm30
	vpdpbusd	%zmm5, %zmm0, %zmm30
	vpdpbusd	%zmm5, %zmm1, %zmm9
	vpbroadcastq	616(%r10,%r9), %zmm5
	vmovdqa64	%zmm11, %zmm29
	vpdpbusd	%zmm5, %zmm0, %zmm29
	vpbroadcastq	624(%r10,%r9), %zmm3
	vpdpbusd	%zmm5, %zmm1, %zmm11
	vmovdqa64	%zmm13, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	632(%r10,%r9), %zmm2
	vmovdqa64	%zmm20, %zmm10
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm1, %zmm13
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vmovdqu64	944(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm0
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vmovdqu64	880(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm25
	vpdpbusd	%zmm1, %zmm0, %zmm24
	vmovdqu64	816(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm23
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vmovdqu64	752(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm19
	vmovdqu64	1008(%rsp), %zmm5
	vmovdqu64	688(%rsp), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm5
	vpdpbusd	%zmm1, %zmm0, %zmm16
	vmovdqu64	240(%rsp), %zmm1
	vmovdqu64	624(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 240(%rsp)
	vpdpbusd	%zmm2, %zmm0, %zmm17
	vmovdqu64	176(%rsp), %zmm1
	vmovdqu64	560(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 176(%rsp)
	vmovdqu64	48(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, 48(%rsp)
	vmovdqu64	112(%rsp), %zmm1
	vmovdqu64	496(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm1
	vmovdqu64	%zmm1, 112(%rsp)
	vmovdqu64	-80(%rsp), %zmm1
	vpdpbusd	%zmm2, %zmm0, %zmm1
	vmovdqu64	%zmm1, -80(%rsp)
	prefetcht0	512(%r8,%r11)
	prefetcht1	512(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	576(%r12,%rcx), %zmm0
	vpbroadcastq	640(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	648(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	656(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	664(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	672(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	680(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	688(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	696(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vmovdqa64	.LCPI0_1(%rip), %zmm4
	vpshufb	%zmm4, %zmm26, %zmm0
	vpbroadcastq	.LCPI0_0(%rip), %zmm26
	vpsllvd	%zmm26, %zmm27, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	368(%rsp), %zmm1
	vfmadd213ps	1456(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 368(%rsp)
	prefetcht0	576(%r8,%r11)
	prefetcht1	576(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	640(%r12,%rcx), %zmm0
	vpbroadcastq	704(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	712(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	720(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	728(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	736(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	744(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	752(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	760(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm24, %zmm0
	vpsllvd	%zmm26, %zmm25, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	304(%rsp), %zmm1
	vfmadd213ps	1520(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, 304(%rsp)
	prefetcht0	640(%r8,%r11)
	prefetcht1	640(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	704(%r12,%rcx), %zmm0
	vpbroadcastq	768(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	776(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	784(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	792(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	800(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	808(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	816(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	824(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm22, %zmm0
	vpsllvd	%zmm26, %zmm23, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	-16(%rsp), %zmm1
	vfmadd213ps	1584(%rsp), %zmm0, %zmm1
	vmovups	%zmm1, -16(%rsp)
	prefetcht0	704(%r8,%r11)
	prefetcht1	704(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	768(%r12,%rcx), %zmm0
	vpbroadcastq	832(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	840(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	848(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	856(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	864(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	872(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	880(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	888(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpshufb	%zmm4, %zmm19, %zmm0
	vpsllvd	%zmm26, %zmm14, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	1072(%rsp), %zmm27
	vfmadd213ps	1648(%rsp), %zmm0, %zmm27
	prefetcht0	768(%r8,%r11)
	prefetcht1	768(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	832(%r12,%rcx), %zmm0
	vpbroadcastq	896(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm1, %zmm2, %zmm7
	vpbroadcastq	904(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm2, %zmm6
	vpbroadcastq	912(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm18
	vpbroadcastq	920(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpdpbusd	%zmm3, %zmm0, %zmm15
	vpdpbusd	%zmm3, %zmm2, %zmm31
	vpbroadcastq	928(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpbroadcastq	936(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm29
	vpbroadcastq	944(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm12
	vpbroadcastq	952(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm10
	vpdpbusd	%zmm3, %zmm2, %zmm13
	prefetcht0	832(%r8,%r11)
	prefetcht1	832(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	896(%r12,%rcx), %zmm0
	vpbroadcastq	960(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm20
	vpdpbusd	%zmm3, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm1
	vpdpbusd	%zmm3, %zmm1, %zmm7
	vpbroadcastq	968(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm8
	vpdpbusd	%zmm2, %zmm1, %zmm6
	vpbroadcastq	976(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm18
	vpdpbusd	%zmm2, %zmm1, %zmm28
	vpbroadcastq	984(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm15
	vpdpbusd	%zmm2, %zmm1, %zmm31
	vpbroadcastq	992(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vpbroadcastq	1000(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm29
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpbroadcastq	1008(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm13
	vpbroadcastq	1016(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm10
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpshufb	%zmm4, %zmm16, %zmm0
	vpsllvd	%zmm26, %zmm5, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vpshufb	%zmm4, %zmm17, %zmm1
	vmovdqu64	240(%rsp), %zmm2
	vpsllvd	%zmm26, %zmm2, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmovdqu64	48(%rsp), %zmm2
	vpshufb	%zmm4, %zmm2, %zmm2
	vmovdqa64	%zmm4, %zmm22
	vmovdqu64	176(%rsp), %zmm3
	vpsllvd	%zmm26, %zmm3, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vmovdqu64	-80(%rsp), %zmm3
	vpshufb	%zmm4, %zmm3, %zmm3
	vmovdqu64	112(%rsp), %zmm4
	vpsllvd	%zmm26, %zmm4, %zmm4
	vpaddd	%zmm3, %zmm4, %zmm3
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	896(%r8,%r11)
	prefetcht1	896(%rsi,%r11)
	#MEMBARRIER
	vmovups	1200(%rsp), %zmm24
	vfmadd213ps	1136(%rsp), %zmm0, %zmm24
	vmovdqa64	960(%r12,%rcx), %zmm0
	vpbroadcastq	1024(%r10,%r9), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm21
	vpshufd	$177, %zmm0, %zmm14
	vpdpbusd	%zmm4, %zmm14, %zmm7
	vpbroadcastq	1032(%r10,%r9), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm8
	vpbroadcastq	1040(%r10,%r9), %zmm16
	vpdpbusd	%zmm4, %zmm14, %zmm6
	vpdpbusd	%zmm16, %zmm0, %zmm18
	vpdpbusd	%zmm16, %zmm14, %zmm28
	vpbroadcastq	1048(%r10,%r9), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm15
	vpdpbusd	%zmm4, %zmm14, %zmm31
	vpbroadcastq	1056(%r10,%r9), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm30
	vpbroadcastq	1064(%r10,%r9), %zmm16
	vpdpbusd	%zmm4, %zmm14, %zmm9
	vpdpbusd	%zmm16, %zmm0, %zmm29
	vpdpbusd	%zmm16, %zmm14, %zmm11
	vcvtdq2ps	%zmm1, %zmm1
	vcvtdq2ps	%zmm2, %zmm2
	vmovups	1328(%rsp), %zmm25
	vfmadd213ps	1712(%rsp), %zmm1, %zmm25
	vpbroadcastq	1072(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpbroadcastq	1080(%r10,%r9), %zmm4
	vmovups	1392(%rsp), %zmm23
	vfmadd213ps	1776(%rsp), %zmm2, %zmm23
	vpdpbusd	%zmm1, %zmm14, %zmm13
	vpdpbusd	%zmm4, %zmm0, %zmm10
	vcvtdq2ps	%zmm3, %zmm0
	prefetcht0	960(%r8,%r11)
	prefetcht1	960(%rsi,%r11)
	vmovups	1264(%rsp), %zmm5
	vfmadd213ps	1840(%rsp), %zmm0, %zmm5
	vpdpbusd	%zmm4, %zmm14, %zmm20
	vpshufb	%zmm22, %zmm7, %zmm0
	vpsllvd	%zmm26, %zmm21, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmovups	432(%rsp), %zmm1
	vmulps	1088(%r10,%r9){1to16}, %zmm1, %zmm19
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm22, %zmm6, %zmm1
	vmovups	432(%rsp), %zmm6
	vpsllvd	%zmm26, %zmm8, %zmm2
	vpxor	%xmm8, %xmm8, %xmm8
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1092(%r10,%r9){1to16}, %zmm6, %zmm17
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm22, %zmm28, %zmm2
	vpsllvd	%zmm26, %zmm18, %zmm3
	vpaddd	%zmm2, %zmm3, %zmm2
	vcvtdq2ps	%zmm2, %zmm2
	vfmadd213ps	368(%rsp), %zmm0, %zmm19
	vmulps	1096(%r10,%r9){1to16}, %zmm6, %zmm16
	vpshufb	%zmm22, %zmm31, %zmm0
	vpsllvd	%zmm26, %zmm15, %zmm3
	vpaddd	%zmm0, %zmm3, %zmm0
	vfmadd213ps	304(%rsp), %zmm1, %zmm17
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1100(%r10,%r9){1to16}, %zmm6, %zmm14
	vpshufb	%zmm22, %zmm9, %zmm1
	vpsllvd	%zmm26, %zmm30, %zmm3
	vfmadd213ps	-16(%rsp), %zmm2, %zmm16
	vpaddd	%zmm1, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	1104(%r10,%r9){1to16}, %zmm6, %zmm7
	vpshufb	%zmm22, %zmm11, %zmm2
	vfmadd213ps	%zmm27, %zmm0, %zmm14
	vpsllvd	%zmm26, %zmm29, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmulps	1108(%r10,%r9){1to16}, %zmm6, %zmm4
	vfmadd213ps	%zmm24, %zmm1, %zmm7
	vpshufb	%zmm22, %zmm13, %zmm1
	vpsllvd	%zmm26, %zmm12, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vmulps	1112(%r10,%r9){1to16}, %zmm6, %zmm3
	vfmadd213ps	%zmm25, %zmm0, %zmm4
	vcvtdq2ps	%zmm1, %zmm0
	vpshufb	%zmm22, %zmm20, %zmm1
	vpsllvd	%zmm26, %zmm10, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm23, %zmm0, %zmm3
	vmulps	1116(%r10,%r9){1to16}, %zmm6, %zmm0
	vfmadd213ps	%zmm5, %zmm1, %zmm0
	addq	$1152, %r9
	addq	$1024, %rcx
	cmpq	$16384, %rcx
	jl	.LBB0_12
	movq	%rdx, %rax
	shlq	$14, %rax
	vmovups	%zmm19, (%r13,%rax)
	leaq	1(%rdx), %rax
	movq	%rbp, %rcx
	movq	-96(%rsp), %r8
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm17, (%r13,%rax)
	leaq	2(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm16, (%r13,%rax)
	leaq	3(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm14, (%r13,%rax)
	leaq	4(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm7, (%r13,%rax)
	leaq	5(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm4, (%r13,%rax)
	leaq	6(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	%r8, %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm3, (%r13,%rax)
	addq	$7, %rdx
	movq	%rbp, %rcx
	cmpq	%r8, %rdx
	jge	.LBB0_3
	shlq	$14, %rdx
	vmovups	%zmm0, (%r13,%rdx)
	movq	%rbp, %rcx
	jmp	.LBB0_3
.LBB0_21:
	addq	$1912, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d, .Lfunc_end0-matmul_i8_row_r16_i16_4096x1024_1x8_rows_5046b1fa52780f1d

	.section	".note.GNU-stack","",@progbits
