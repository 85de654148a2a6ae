	.file	"matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca"
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
	.globl	matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca
	.p2align	4
	.type	matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca,@function
matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$376, %rsp
	movq	%rdx, -104(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -88(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -112(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -120(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	movq	%rcx, -128(%rsp)
	leaq	3(%rcx), %r14
	shrq	$2, %r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$16448, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxor	%xmm4, %xmm4, %xmm4
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-96(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-104(%rsp), %rsi
	jge	.LBB0_17
	imulq	$16448, %rsi, %rax
	movq	-112(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm27
	movq	%rsi, -96(%rsp)
	movq	%rsi, %r13
	shlq	$6, %r13
	addq	-120(%rsp), %r13
	xorl	%ecx, %ecx
	vmovups	%zmm27, -80(%rsp)
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
	shlq	$2, %rdx
	shlq	$10, %r10
	addq	-88(%rsp), %r10
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm7, %xmm7, %xmm7
	xorl	%ecx, %ecx
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm29, %xmm29, %xmm29
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_12:
	movq	%rcx, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %r8d
	cmovbq	%r15, %r8
	movl	$0, %esi
	vpunpckldq	272(%r10,%r9){1to16}, %zmm4, %zmm11
	vpunpckldq	276(%r10,%r9){1to16}, %zmm4, %zmm10
	cmovbq	%rbx, %rsi
	leaq	(%r12,%rcx), %r11
	vpunpckldq	280(%r10,%r9){1to16}, %zmm4, %zmm9
	vpunpckldq	284(%r10,%r9){1to16}, %zmm4, %zmm8
	#MEMBARRIER
	prefetcht0	(%r8,%r11)
	prefetcht1	(%rsi,%r11)
	vmovdqa64	(%r12,%rcx), %zmm0
	vpbroadcastq	(%r10,%r9), %zmm1
	vpshufd	$177, %zmm0, %zmm2
	vmovdqa64	%zmm11, %zmm12
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpbroadcastq	8(%r10,%r9), %zmm1
	vmovdqa64	%zmm10, %zmm13
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	16(%r10,%r9), %zmm1
	vmovdqa64	%zmm9, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	24(%r10,%r9), %zmm3
	vmovdqa64	%zmm8, %zmm15
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	64(%r8,%r11)
	prefetcht1	64(%rsi,%r11)
	vmovdqa64	64(%r12,%rcx), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	32(%r10,%r9), %zmm2
	vpbroadcastq	40(%r10,%r9), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	48(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpbroadcastq	56(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	128(%r8,%r11)
	prefetcht1	128(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vmovdqa64	128(%r12,%rcx), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	64(%r10,%r9), %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm8
	vpdpbusd	%zmm16, %zmm0, %zmm12
	vpdpbusd	%zmm16, %zmm2, %zmm11
	vpbroadcastq	72(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	80(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	88(%r10,%r9), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	192(%r8,%r11)
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r12,%rcx), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	96(%r10,%r9), %zmm2
	vpbroadcastq	104(%r10,%r9), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	112(%r10,%r9), %zmm16
	vpbroadcastq	120(%r10,%r9), %zmm17
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm0, %zmm14
	vpdpbusd	%zmm17, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	256(%r8,%r11)
	vmovdqa64	256(%r12,%rcx), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	prefetcht1	256(%rsi,%r11)
	vpbroadcastq	128(%r10,%r9), %zmm3
	vpbroadcastq	136(%r10,%r9), %zmm23
	vpdpbusd	%zmm16, %zmm1, %zmm9
	vpshufd	$177, %zmm2, %zmm21
	vpbroadcastq	144(%r10,%r9), %zmm0
	vpbroadcastq	152(%r10,%r9), %zmm22
	vpdpbusd	%zmm17, %zmm1, %zmm8
	vpdpbusd	%zmm3, %zmm2, %zmm12
	#MEMBARRIER
	vmovdqa64	320(%r12,%rcx), %zmm18
	vpbroadcastq	160(%r10,%r9), %zmm19
	vpdpbusd	%zmm23, %zmm2, %zmm13
	prefetcht0	320(%r8,%r11)
	vpbroadcastq	168(%r10,%r9), %zmm20
	vpbroadcastq	176(%r10,%r9), %zmm25
	vpdpbusd	%zmm0, %zmm2, %zmm14
	prefetcht1	320(%rsi,%r11)
	vpbroadcastq	184(%r10,%r9), %zmm24
	#MEMBARRIER
	vmovdqa64	384(%r12,%rcx), %zmm1
	vpdpbusd	%zmm3, %zmm21, %zmm11
	vpdpbusd	%zmm22, %zmm2, %zmm15
	vpbroadcastq	192(%r10,%r9), %zmm17
	vpbroadcastq	200(%r10,%r9), %zmm16
	vpdpbusd	%zmm23, %zmm21, %zmm10
	prefetcht0	384(%r8,%r11)
	vpbroadcastq	208(%r10,%r9), %zmm2
	vpbroadcastq	216(%r10,%r9), %zmm3
	vpdpbusd	%zmm0, %zmm21, %zmm9
	prefetcht1	384(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	448(%r12,%rcx), %zmm0
	vbroadcastsd	224(%r10,%r9), %zmm23
	vmovups	%zmm23, 176(%rsp)
	vpdpbusd	%zmm22, %zmm21, %zmm8
	vpshufd	$177, %zmm18, %zmm26
	vbroadcastsd	232(%r10,%r9), %zmm21
	vmovups	%zmm21, 112(%rsp)
	vbroadcastsd	240(%r10,%r9), %zmm21
	vmovups	%zmm21, 48(%rsp)
	vpdpbusd	%zmm19, %zmm18, %zmm12
	vpdpbusd	%zmm20, %zmm18, %zmm13
	vbroadcastsd	248(%r10,%r9), %zmm21
	vmovups	%zmm21, -16(%rsp)
	vmulps	256(%r10,%r9){1to16}, %zmm27, %zmm21
	vmovups	%zmm21, 304(%rsp)
	vpdpbusd	%zmm25, %zmm18, %zmm14
	vpdpbusd	%zmm24, %zmm18, %zmm15
	vmulps	260(%r10,%r9){1to16}, %zmm27, %zmm18
	vmulps	264(%r10,%r9){1to16}, %zmm27, %zmm21
	vmovups	%zmm21, 240(%rsp)
	vpdpbusd	%zmm19, %zmm26, %zmm11
	prefetcht0	448(%r8,%r11)
	vmulps	268(%r10,%r9){1to16}, %zmm27, %zmm19
	vpunpckldq	560(%r10,%r9){1to16}, %zmm4, %zmm23
	vpdpbusd	%zmm20, %zmm26, %zmm10
	prefetcht1	448(%rsi,%r11)
	vpunpckldq	564(%r10,%r9){1to16}, %zmm4, %zmm22
	vpunpckldq	568(%r10,%r9){1to16}, %zmm4, %zmm21
	vpdpbusd	%zmm25, %zmm26, %zmm9
	vpunpckldq	572(%r10,%r9){1to16}, %zmm4, %zmm20
	#MEMBARRIER
	vmovdqa64	512(%r12,%rcx), %zmm4
	vpbroadcastq	288(%r10,%r9), %zmm25
	vpdpbusd	%zmm24, %zmm26, %zmm8
	vmovdqa64	%zmm23, %zmm27
	vpdpbusd	%zmm25, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm25, %zmm30, %zmm23
	vpbroadcastq	296(%r10,%r9), %zmm24
	vmovdqa64	%zmm22, %zmm26
	vpdpbusd	%zmm24, %zmm4, %zmm26
	vpdpbusd	%zmm24, %zmm30, %zmm22
	vpbroadcastq	304(%r10,%r9), %zmm24
	vmovdqa64	%zmm21, %zmm25
	vpdpbusd	%zmm24, %zmm4, %zmm25
	vpdpbusd	%zmm24, %zmm30, %zmm21
	vpbroadcastq	312(%r10,%r9), %zmm31
	vmovdqa64	%zmm20, %zmm24
	vpdpbusd	%zmm31, %zmm4, %zmm24
	vpdpbusd	%zmm31, %zmm30, %zmm20
	prefetcht0	512(%r8,%r11)
	prefetcht1	512(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	576(%r12,%rcx), %zmm4
	vpbroadcastq	320(%r10,%r9), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm31
	vpdpbusd	%zmm30, %zmm31, %zmm23
	vpbroadcastq	328(%r10,%r9), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm26
	vpbroadcastq	336(%r10,%r9), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm22
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpbroadcastq	344(%r10,%r9), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm31, %zmm21
	prefetcht0	576(%r8,%r11)
	prefetcht1	576(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	640(%r12,%rcx), %zmm4
	vpbroadcastq	352(%r10,%r9), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm20
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	360(%r10,%r9), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpbroadcastq	368(%r10,%r9), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpdpbusd	%zmm28, %zmm30, %zmm21
	vpbroadcastq	376(%r10,%r9), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm30, %zmm20
	prefetcht0	640(%r8,%r11)
	prefetcht1	640(%rsi,%r11)
	#MEMBARRIER
	vmovdqa64	704(%r12,%rcx), %zmm4
	vpbroadcastq	384(%r10,%r9), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	392(%r10,%r9), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpbroadcastq	400(%r10,%r9), %zmm31
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpdpbusd	%zmm31, %zmm4, %zmm25
	vpbroadcastq	408(%r10,%r9), %zmm28
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
	prefetcht0	704(%r8,%r11)
	prefetcht1	704(%rsi,%r11)
	#MEMBARRIER
	vpdpbusd	%zmm3, %zmm4, %zmm8
	vmovdqa64	768(%r12,%rcx), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	416(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	424(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	432(%r10,%r9), %zmm4
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm1, %zmm25
	vpdpbusd	%zmm4, %zmm2, %zmm21
	vpbroadcastq	440(%r10,%r9), %zmm3
	prefetcht0	768(%r8,%r11)
	prefetcht1	768(%rsi,%r11)
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	#MEMBARRIER
	vmovdqa64	832(%r12,%rcx), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	448(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	456(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpbroadcastq	464(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm25
	vpdpbusd	%zmm3, %zmm2, %zmm21
	vpbroadcastq	472(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	vpshufd	$177, %zmm0, %zmm1
	vmovdqu64	176(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vmovdqu64	112(%rsp), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vmovdqu64	48(%rsp), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm14
	vmovdqu64	-16(%rsp), %zmm16
	vpdpbusd	%zmm16, %zmm0, %zmm15
	prefetcht0	832(%r8,%r11)
	prefetcht1	832(%rsi,%r11)
	#MEMBARRIER
	vpdpbusd	%zmm2, %zmm1, %zmm11
	prefetcht0	896(%r8,%r11)
	vmovdqa64	896(%r12,%rcx), %zmm0
	vpbroadcastq	480(%r10,%r9), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm3, %zmm23
	vpbroadcastq	488(%r10,%r9), %zmm2
	vpdpbusd	%zmm4, %zmm1, %zmm9
	prefetcht1	896(%rsi,%r11)
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm3, %zmm22
	vpbroadcastq	496(%r10,%r9), %zmm2
	vpdpbusd	%zmm16, %zmm1, %zmm8
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm21
	vpbroadcastq	504(%r10,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	#MEMBARRIER
	vpdpbusd	%zmm1, %zmm3, %zmm20
	vmovdqa64	960(%r12,%rcx), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	512(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	520(%r10,%r9), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	528(%r10,%r9), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	.LCPI0_0(%rip), %zmm3
	vpdpbusd	%zmm4, %zmm0, %zmm25
	vpbroadcastq	536(%r10,%r9), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpdpbusd	%zmm4, %zmm1, %zmm21
	vpxor	%xmm4, %xmm4, %xmm4
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpshufb	.LCPI0_1(%rip), %zmm11, %zmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm11
	vpsllvd	%zmm3, %zmm12, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	304(%rsp), %zmm12
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
	vmovups	240(%rsp), %zmm8
	vfmadd213ps	%zmm5, %zmm0, %zmm8
	vpaddd	%zmm1, %zmm2, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%r8,%r11)
	prefetcht1	960(%rsi,%r11)
	vpshufb	%zmm11, %zmm23, %zmm1
	vfmadd213ps	%zmm29, %zmm0, %zmm19
	vpsllvd	%zmm3, %zmm27, %zmm0
	vmovups	-80(%rsp), %zmm27
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm22, %zmm1
	vmulps	544(%r10,%r9){1to16}, %zmm27, %zmm7
	vpsllvd	%zmm3, %zmm26, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	548(%r10,%r9){1to16}, %zmm27, %zmm6
	vfmadd213ps	%zmm12, %zmm0, %zmm7
	vpshufb	%zmm11, %zmm21, %zmm0
	vpsllvd	%zmm3, %zmm25, %zmm2
	vpaddd	%zmm0, %zmm2, %zmm0
	vmulps	552(%r10,%r9){1to16}, %zmm27, %zmm5
	vfmadd213ps	%zmm18, %zmm1, %zmm6
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm20, %zmm1
	vpsllvd	%zmm3, %zmm24, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm8, %zmm0, %zmm5
	vmulps	556(%r10,%r9){1to16}, %zmm27, %zmm29
	vfmadd213ps	%zmm19, %zmm1, %zmm29
	addq	$576, %r9
	addq	$1024, %rcx
	cmpq	$16384, %rcx
	jl	.LBB0_12
	movq	%rdx, %rax
	shlq	$14, %rax
	vmovups	%zmm7, (%r13,%rax)
	leaq	1(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	-128(%rsp), %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm6, (%r13,%rax)
	leaq	2(%rdx), %rax
	movq	%rbp, %rcx
	cmpq	-128(%rsp), %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm5, (%r13,%rax)
	addq	$3, %rdx
	movq	%rbp, %rcx
	cmpq	-128(%rsp), %rdx
	jge	.LBB0_3
	shlq	$14, %rdx
	vmovups	%zmm29, (%r13,%rdx)
	movq	%rbp, %rcx
	jmp	.LBB0_3
.LBB0_17:
	addq	$376, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca, .Lfunc_end0-matmul_i8_row_r16_i16_4096x1024_1x4_rows_9dedb3e2fe7147ca

	.section	".note.GNU-stack","",@progbits
