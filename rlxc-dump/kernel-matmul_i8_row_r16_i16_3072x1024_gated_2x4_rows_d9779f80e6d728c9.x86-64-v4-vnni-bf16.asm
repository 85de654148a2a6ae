	.file	"matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9"
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
	.globl	matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9
	.p2align	4
	.type	matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9,@function
matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$712, %rsp
	movq	%rdx, -96(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -80(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -104(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -112(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	movq	%rcx, -120(%rsp)
	leaq	3(%rcx), %r14
	shrq	$2, %r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$32896, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxor	%xmm14, %xmm14, %xmm14
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-88(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-96(%rsp), %rsi
	jge	.LBB0_19
	imulq	$32896, %rsi, %rax
	movq	-104(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm29
	leaq	16512(%rcx,%rax), %r13
	vmovaps	16448(%rcx,%rax), %zmm20
	movq	%rsi, -88(%rsp)
	movq	%rsi, %rcx
	shlq	$6, %rcx
	addq	-112(%rsp), %rcx
	xorl	%esi, %esi
	vmovups	%zmm29, -64(%rsp)
	vmovups	%zmm20, 384(%rsp)
	movq	%rcx, -72(%rsp)
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
	shlq	$2, %rdx
	shlq	$10, %rcx
	addq	-80(%rsp), %rcx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm4, %xmm4, %xmm4
	xorl	%r9d, %r9d
	vxorps	%xmm19, %xmm19, %xmm19
	vxorps	%xmm3, %xmm3, %xmm3
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_12:
	vmovups	%zmm4, 320(%rsp)
	vmovups	%zmm3, 256(%rsp)
	vmovups	%zmm0, 192(%rsp)
	movq	%r9, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %esi
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	272(%rcx,%r8){1to16}, %zmm14, %zmm25
	vpunpckldq	276(%rcx,%r8){1to16}, %zmm14, %zmm24
	cmovbq	%rbx, %r11
	leaq	(%r12,%r9), %rbp
	vpunpckldq	280(%rcx,%r8){1to16}, %zmm14, %zmm23
	vpunpckldq	284(%rcx,%r8){1to16}, %zmm14, %zmm22
	#MEMBARRIER
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vmovdqa64	(%r12,%r9), %zmm0
	vpbroadcastq	(%rcx,%r8), %zmm1
	vpshufd	$177, %zmm0, %zmm2
	vmovdqa64	%zmm25, %zmm26
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vpdpbusd	%zmm1, %zmm2, %zmm25
	vpbroadcastq	8(%rcx,%r8), %zmm1
	vmovdqa64	%zmm24, %zmm27
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpdpbusd	%zmm1, %zmm2, %zmm24
	vpbroadcastq	16(%rcx,%r8), %zmm1
	vmovdqa64	%zmm23, %zmm28
	vpdpbusd	%zmm1, %zmm0, %zmm28
	vpbroadcastq	24(%rcx,%r8), %zmm4
	vmovdqa64	%zmm22, %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm3
	#MEMBARRIER
	prefetcht0	64(%rsi,%rbp)
	prefetcht1	64(%r11,%rbp)
	vmovdqa64	64(%r12,%r9), %zmm0
	vpdpbusd	%zmm4, %zmm2, %zmm22
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	32(%rcx,%r8), %zmm2
	vpbroadcastq	40(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm1, %zmm25
	vpdpbusd	%zmm4, %zmm0, %zmm27
	vpbroadcastq	48(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm28
	vpdpbusd	%zmm4, %zmm1, %zmm24
	vpbroadcastq	56(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm3
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm23
	vmovdqa64	128(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	64(%rcx,%r8), %zmm5
	vpdpbusd	%zmm4, %zmm1, %zmm22
	vpdpbusd	%zmm5, %zmm0, %zmm26
	vpdpbusd	%zmm5, %zmm2, %zmm25
	vpbroadcastq	72(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm27
	vpdpbusd	%zmm1, %zmm2, %zmm24
	vpbroadcastq	80(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm28
	vpbroadcastq	88(%rcx,%r8), %zmm4
	vpdpbusd	%zmm1, %zmm2, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm3
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r12,%r9), %zmm0
	vpdpbusd	%zmm4, %zmm2, %zmm22
	vpshufd	$177, %zmm0, %zmm4
	vpbroadcastq	96(%rcx,%r8), %zmm1
	vpbroadcastq	104(%rcx,%r8), %zmm2
	vpdpbusd	%zmm1, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	112(%rcx,%r8), %zmm5
	vpbroadcastq	120(%rcx,%r8), %zmm6
	vpdpbusd	%zmm1, %zmm4, %zmm25
	vpdpbusd	%zmm5, %zmm0, %zmm28
	vpdpbusd	%zmm6, %zmm0, %zmm3
	#MEMBARRIER
	prefetcht0	256(%rsi,%rbp)
	vmovdqa64	256(%r12,%r9), %zmm10
	vpdpbusd	%zmm2, %zmm4, %zmm24
	prefetcht1	256(%r11,%rbp)
	vpbroadcastq	128(%rcx,%r8), %zmm11
	vpbroadcastq	136(%rcx,%r8), %zmm12
	vpdpbusd	%zmm5, %zmm4, %zmm23
	vpshufd	$177, %zmm10, %zmm0
	vpbroadcastq	144(%rcx,%r8), %zmm1
	vpbroadcastq	152(%rcx,%r8), %zmm2
	vpdpbusd	%zmm6, %zmm4, %zmm22
	vpdpbusd	%zmm11, %zmm10, %zmm26
	#MEMBARRIER
	vmovdqa64	320(%r12,%r9), %zmm6
	vpbroadcastq	160(%rcx,%r8), %zmm7
	vpdpbusd	%zmm12, %zmm10, %zmm27
	prefetcht0	320(%rsi,%rbp)
	vpbroadcastq	168(%rcx,%r8), %zmm4
	vpbroadcastq	176(%rcx,%r8), %zmm9
	vpdpbusd	%zmm1, %zmm10, %zmm28
	prefetcht1	320(%r11,%rbp)
	vpbroadcastq	184(%rcx,%r8), %zmm8
	#MEMBARRIER
	vmovdqa64	384(%r12,%r9), %zmm17
	vpdpbusd	%zmm11, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm10, %zmm3
	vpbroadcastq	192(%rcx,%r8), %zmm18
	vpbroadcastq	200(%rcx,%r8), %zmm5
	vpdpbusd	%zmm12, %zmm0, %zmm24
	prefetcht0	384(%rsi,%rbp)
	vpbroadcastq	208(%rcx,%r8), %zmm20
	vpbroadcastq	216(%rcx,%r8), %zmm21
	vpdpbusd	%zmm1, %zmm0, %zmm23
	prefetcht1	384(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	448(%r12,%r9), %zmm16
	vpbroadcastq	224(%rcx,%r8), %zmm15
	vpdpbusd	%zmm2, %zmm0, %zmm22
	vpshufd	$177, %zmm6, %zmm13
	vpbroadcastq	232(%rcx,%r8), %zmm2
	vbroadcastsd	240(%rcx,%r8), %zmm0
	vmovups	%zmm0, 64(%rsp)
	vpdpbusd	%zmm7, %zmm6, %zmm26
	vpdpbusd	%zmm4, %zmm6, %zmm27
	vbroadcastsd	248(%rcx,%r8), %zmm0
	vmovups	%zmm0, (%rsp)
	vmulps	256(%rcx,%r8){1to16}, %zmm29, %zmm0
	vmovups	%zmm0, 128(%rsp)
	vpdpbusd	%zmm9, %zmm6, %zmm28
	vpdpbusd	%zmm8, %zmm6, %zmm3
	vmulps	260(%rcx,%r8){1to16}, %zmm29, %zmm6
	vmovups	-64(%rsp), %zmm0
	vmulps	264(%rcx,%r8){1to16}, %zmm0, %zmm29
	vpdpbusd	%zmm7, %zmm13, %zmm25
	prefetcht0	448(%rsi,%rbp)
	vmovups	-64(%rsp), %zmm0
	vmulps	268(%rcx,%r8){1to16}, %zmm0, %zmm7
	vpunpckldq	560(%rcx,%r8){1to16}, %zmm14, %zmm12
	vpdpbusd	%zmm4, %zmm13, %zmm24
	prefetcht1	448(%r11,%rbp)
	vpunpckldq	564(%rcx,%r8){1to16}, %zmm14, %zmm11
	vpunpckldq	568(%rcx,%r8){1to16}, %zmm14, %zmm10
	vpdpbusd	%zmm9, %zmm13, %zmm23
	vpunpckldq	572(%rcx,%r8){1to16}, %zmm14, %zmm9
	#MEMBARRIER
	vmovdqa64	512(%r12,%r9), %zmm30
	vpbroadcastq	288(%rcx,%r8), %zmm14
	vpdpbusd	%zmm8, %zmm13, %zmm22
	vmovdqa64	%zmm12, %zmm4
	vpdpbusd	%zmm14, %zmm30, %zmm4
	vpshufd	$177, %zmm30, %zmm31
	vpdpbusd	%zmm14, %zmm31, %zmm12
	vpbroadcastq	296(%rcx,%r8), %zmm8
	vmovdqa64	%zmm11, %zmm13
	vpdpbusd	%zmm8, %zmm30, %zmm13
	vpdpbusd	%zmm8, %zmm31, %zmm11
	vpbroadcastq	304(%rcx,%r8), %zmm14
	vmovdqa64	%zmm10, %zmm8
	vpdpbusd	%zmm14, %zmm30, %zmm8
	vpdpbusd	%zmm14, %zmm31, %zmm10
	vpbroadcastq	312(%rcx,%r8), %zmm0
	vmovdqa64	%zmm9, %zmm14
	vpdpbusd	%zmm0, %zmm30, %zmm14
	vpdpbusd	%zmm0, %zmm31, %zmm9
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	576(%r12,%r9), %zmm0
	vpbroadcastq	320(%rcx,%r8), %zmm30
	vpdpbusd	%zmm30, %zmm0, %zmm4
	vpshufd	$177, %zmm0, %zmm31
	vpdpbusd	%zmm30, %zmm31, %zmm12
	vpbroadcastq	328(%rcx,%r8), %zmm30
	vpdpbusd	%zmm30, %zmm0, %zmm13
	vpbroadcastq	336(%rcx,%r8), %zmm1
	vpdpbusd	%zmm30, %zmm31, %zmm11
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpbroadcastq	344(%rcx,%r8), %zmm30
	vpdpbusd	%zmm30, %zmm0, %zmm14
	vpdpbusd	%zmm1, %zmm31, %zmm10
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	640(%r12,%r9), %zmm0
	vpbroadcastq	352(%rcx,%r8), %zmm1
	vpdpbusd	%zmm30, %zmm31, %zmm9
	vpdpbusd	%zmm1, %zmm0, %zmm4
	vpshufd	$177, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm30, %zmm12
	vpbroadcastq	360(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm30, %zmm11
	vpbroadcastq	368(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm8
	vpdpbusd	%zmm1, %zmm30, %zmm10
	vpbroadcastq	376(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpdpbusd	%zmm1, %zmm30, %zmm9
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	704(%r12,%r9), %zmm0
	vpbroadcastq	384(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm4
	vpshufd	$177, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm30, %zmm12
	vpbroadcastq	392(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpbroadcastq	400(%rcx,%r8), %zmm31
	vpdpbusd	%zmm1, %zmm30, %zmm11
	vpdpbusd	%zmm31, %zmm0, %zmm8
	vpbroadcastq	408(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpdpbusd	%zmm31, %zmm30, %zmm10
	vpdpbusd	%zmm1, %zmm30, %zmm9
	vpdpbusd	%zmm18, %zmm17, %zmm26
	vpshufd	$177, %zmm17, %zmm0
	vpdpbusd	%zmm18, %zmm0, %zmm25
	vpdpbusd	%zmm5, %zmm17, %zmm27
	vpdpbusd	%zmm5, %zmm0, %zmm24
	vpdpbusd	%zmm20, %zmm17, %zmm28
	vpdpbusd	%zmm20, %zmm0, %zmm23
	vpdpbusd	%zmm21, %zmm17, %zmm3
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	#MEMBARRIER
	vpdpbusd	%zmm21, %zmm0, %zmm22
	vmovdqa64	768(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	416(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm4
	vpdpbusd	%zmm17, %zmm1, %zmm12
	vpbroadcastq	424(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm13
	vpbroadcastq	432(%rcx,%r8), %zmm18
	vpdpbusd	%zmm17, %zmm1, %zmm11
	vpdpbusd	%zmm18, %zmm0, %zmm8
	vpdpbusd	%zmm18, %zmm1, %zmm10
	vpbroadcastq	440(%rcx,%r8), %zmm17
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	vpdpbusd	%zmm17, %zmm0, %zmm14
	vpdpbusd	%zmm17, %zmm1, %zmm9
	#MEMBARRIER
	vmovdqa64	832(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	448(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm4
	vpdpbusd	%zmm17, %zmm1, %zmm12
	vpbroadcastq	456(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm13
	vpdpbusd	%zmm17, %zmm1, %zmm11
	vpbroadcastq	464(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm8
	vpdpbusd	%zmm17, %zmm1, %zmm10
	vpbroadcastq	472(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm0, %zmm14
	vpdpbusd	%zmm17, %zmm1, %zmm9
	vmovdqa64	.LCPI0_1(%rip), %zmm17
	vpshufd	$177, %zmm16, %zmm0
	vpdpbusd	%zmm15, %zmm16, %zmm26
	vpdpbusd	%zmm2, %zmm16, %zmm27
	vmovdqu64	64(%rsp), %zmm5
	vpdpbusd	%zmm5, %zmm16, %zmm28
	vmovdqu64	(%rsp), %zmm18
	vpdpbusd	%zmm18, %zmm16, %zmm3
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	#MEMBARRIER
	vpdpbusd	%zmm15, %zmm0, %zmm25
	prefetcht0	896(%rsi,%rbp)
	vmovdqa64	896(%r12,%r9), %zmm1
	vpbroadcastq	480(%rcx,%r8), %zmm15
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpshufd	$177, %zmm1, %zmm2
	vpdpbusd	%zmm15, %zmm1, %zmm4
	vpdpbusd	%zmm15, %zmm2, %zmm12
	vpbroadcastq	488(%rcx,%r8), %zmm15
	vpdpbusd	%zmm5, %zmm0, %zmm23
	prefetcht1	896(%r11,%rbp)
	vpdpbusd	%zmm15, %zmm1, %zmm13
	vpdpbusd	%zmm15, %zmm2, %zmm11
	vpbroadcastq	496(%rcx,%r8), %zmm15
	vpdpbusd	%zmm18, %zmm0, %zmm22
	vpdpbusd	%zmm15, %zmm1, %zmm8
	vpdpbusd	%zmm15, %zmm2, %zmm10
	vpbroadcastq	504(%rcx,%r8), %zmm0
	vpdpbusd	%zmm0, %zmm1, %zmm14
	#MEMBARRIER
	vpdpbusd	%zmm0, %zmm2, %zmm9
	vmovdqa64	960(%r12,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	512(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm4
	vpbroadcastq	520(%rcx,%r8), %zmm15
	vpdpbusd	%zmm15, %zmm0, %zmm13
	vpbroadcastq	528(%rcx,%r8), %zmm16
	vpdpbusd	%zmm2, %zmm1, %zmm12
	vpdpbusd	%zmm15, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm0, %zmm8
	vpbroadcastq	536(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm16, %zmm1, %zmm10
	vpbroadcastq	.LCPI0_0(%rip), %zmm15
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vpshufb	%zmm17, %zmm25, %zmm0
	vpsllvd	%zmm15, %zmm26, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	128(%rsp), %zmm5
	vfmadd213ps	320(%rsp), %zmm0, %zmm5
	vpshufb	%zmm17, %zmm24, %zmm0
	vpsllvd	%zmm15, %zmm27, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm23, %zmm1
	vfmadd213ps	%zmm19, %zmm0, %zmm6
	vpsllvd	%zmm15, %zmm28, %zmm0
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm22, %zmm1
	vpsllvd	%zmm15, %zmm3, %zmm2
	vfmadd213ps	256(%rsp), %zmm0, %zmm29
	vpaddd	%zmm1, %zmm2, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vpshufb	%zmm17, %zmm12, %zmm1
	vfmadd213ps	192(%rsp), %zmm0, %zmm7
	vpsllvd	%zmm15, %zmm4, %zmm0
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm11, %zmm1
	vmovups	-64(%rsp), %zmm2
	vmulps	544(%rcx,%r8){1to16}, %zmm2, %zmm4
	vpsllvd	%zmm15, %zmm13, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmovups	-64(%rsp), %zmm2
	vmulps	548(%rcx,%r8){1to16}, %zmm2, %zmm19
	vfmadd213ps	%zmm5, %zmm0, %zmm4
	vpshufb	%zmm17, %zmm10, %zmm0
	vpsllvd	%zmm15, %zmm8, %zmm2
	vpaddd	%zmm0, %zmm2, %zmm0
	vmovups	-64(%rsp), %zmm2
	vmulps	552(%rcx,%r8){1to16}, %zmm2, %zmm3
	vfmadd213ps	%zmm6, %zmm1, %zmm19
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm9, %zmm1
	vpsllvd	%zmm15, %zmm14, %zmm2
	vpxor	%xmm14, %xmm14, %xmm14
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm29, %zmm0, %zmm3
	vmovups	-64(%rsp), %zmm29
	vmulps	556(%rcx,%r8){1to16}, %zmm29, %zmm0
	vfmadd213ps	%zmm7, %zmm1, %zmm0
	addq	$576, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_12
	vmovups	%zmm4, 320(%rsp)
	vmovups	%zmm19, 448(%rsp)
	vmovups	%zmm3, 256(%rsp)
	vmovups	%zmm0, 192(%rsp)
	vpxord	%xmm25, %xmm25, %xmm25
	xorl	%r9d, %r9d
	vpxord	%xmm24, %xmm24, %xmm24
	vpxord	%xmm23, %xmm23, %xmm23
	vpxord	%xmm21, %xmm21, %xmm21
	xorl	%r8d, %r8d
	vmovups	384(%rsp), %zmm20
	.p2align	4
.LBB0_14:
	movq	%r9, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %esi
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	272(%rcx,%r8){1to16}, %zmm14, %zmm29
	vpunpckldq	276(%rcx,%r8){1to16}, %zmm14, %zmm28
	cmovbq	%rbx, %r11
	leaq	(%r13,%r9), %rbp
	vpunpckldq	280(%rcx,%r8){1to16}, %zmm14, %zmm27
	vpunpckldq	284(%rcx,%r8){1to16}, %zmm14, %zmm26
	#MEMBARRIER
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vmovdqa64	(%r13,%r9), %zmm0
	vpbroadcastq	(%rcx,%r8), %zmm1
	vpshufd	$177, %zmm0, %zmm2
	vmovdqa64	%zmm29, %zmm30
	vpdpbusd	%zmm1, %zmm0, %zmm30
	vpdpbusd	%zmm1, %zmm2, %zmm29
	vpbroadcastq	8(%rcx,%r8), %zmm1
	vmovdqa64	%zmm28, %zmm31
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	16(%rcx,%r8), %zmm1
	vmovdqa64	%zmm27, %zmm3
	vpdpbusd	%zmm1, %zmm0, %zmm3
	vpbroadcastq	24(%rcx,%r8), %zmm4
	vmovdqa64	%zmm26, %zmm5
	vpdpbusd	%zmm1, %zmm2, %zmm27
	vpdpbusd	%zmm4, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	64(%rsi,%rbp)
	prefetcht1	64(%r11,%rbp)
	vmovdqa64	64(%r13,%r9), %zmm0
	vpdpbusd	%zmm4, %zmm2, %zmm26
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	32(%rcx,%r8), %zmm2
	vpbroadcastq	40(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm2, %zmm1, %zmm29
	vpdpbusd	%zmm4, %zmm0, %zmm31
	vpbroadcastq	48(%rcx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm3
	vpdpbusd	%zmm4, %zmm1, %zmm28
	vpbroadcastq	56(%rcx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm1, %zmm27
	vmovdqa64	128(%r13,%r9), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	64(%rcx,%r8), %zmm6
	vpdpbusd	%zmm4, %zmm1, %zmm26
	vpdpbusd	%zmm6, %zmm0, %zmm30
	vpdpbusd	%zmm6, %zmm2, %zmm29
	vpbroadcastq	72(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm31
	vpdpbusd	%zmm1, %zmm2, %zmm28
	vpbroadcastq	80(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm3
	vpbroadcastq	88(%rcx,%r8), %zmm4
	vpdpbusd	%zmm1, %zmm2, %zmm27
	vpdpbusd	%zmm4, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r13,%r9), %zmm0
	vpdpbusd	%zmm4, %zmm2, %zmm26
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	96(%rcx,%r8), %zmm2
	vpbroadcastq	104(%rcx,%r8), %zmm4
	vpdpbusd	%zmm2, %zmm0, %zmm30
	vpdpbusd	%zmm4, %zmm0, %zmm31
	vpbroadcastq	112(%rcx,%r8), %zmm6
	vpbroadcastq	120(%rcx,%r8), %zmm7
	vpdpbusd	%zmm2, %zmm1, %zmm29
	vpdpbusd	%zmm6, %zmm0, %zmm3
	vpdpbusd	%zmm7, %zmm0, %zmm5
	#MEMBARRIER
	prefetcht0	256(%rsi,%rbp)
	vmovdqa64	256(%r13,%r9), %zmm2
	vpdpbusd	%zmm4, %zmm1, %zmm28
	prefetcht1	256(%r11,%rbp)
	vpbroadcastq	128(%rcx,%r8), %zmm12
	vpbroadcastq	136(%rcx,%r8), %zmm13
	vpdpbusd	%zmm6, %zmm1, %zmm27
	vpshufd	$177, %zmm2, %zmm6
	vpbroadcastq	144(%rcx,%r8), %zmm11
	vpbroadcastq	152(%rcx,%r8), %zmm9
	vpdpbusd	%zmm7, %zmm1, %zmm26
	vpdpbusd	%zmm12, %zmm2, %zmm30
	#MEMBARRIER
	vmovdqa64	320(%r13,%r9), %zmm7
	vpbroadcastq	160(%rcx,%r8), %zmm10
	vpdpbusd	%zmm13, %zmm2, %zmm31
	prefetcht0	320(%rsi,%rbp)
	vpbroadcastq	168(%rcx,%r8), %zmm0
	vpbroadcastq	176(%rcx,%r8), %zmm8
	vpdpbusd	%zmm11, %zmm2, %zmm3
	prefetcht1	320(%r11,%rbp)
	vpbroadcastq	184(%rcx,%r8), %zmm4
	#MEMBARRIER
	vmovdqa64	384(%r13,%r9), %zmm19
	vpdpbusd	%zmm12, %zmm6, %zmm29
	vpdpbusd	%zmm9, %zmm2, %zmm5
	vbroadcastsd	192(%rcx,%r8), %zmm1
	vmovups	%zmm1, 576(%rsp)
	vbroadcastsd	200(%rcx,%r8), %zmm1
	vmovups	%zmm1, 512(%rsp)
	vpdpbusd	%zmm13, %zmm6, %zmm28
	prefetcht0	384(%rsi,%rbp)
	vpbroadcastq	208(%rcx,%r8), %zmm1
	vpbroadcastq	216(%rcx,%r8), %zmm2
	vpdpbusd	%zmm11, %zmm6, %zmm27
	prefetcht1	384(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	448(%r13,%r9), %zmm18
	vbroadcastsd	224(%rcx,%r8), %zmm11
	vmovups	%zmm11, 128(%rsp)
	vpdpbusd	%zmm9, %zmm6, %zmm26
	vpshufd	$177, %zmm7, %zmm11
	vbroadcastsd	232(%rcx,%r8), %zmm6
	vmovups	%zmm6, 64(%rsp)
	vbroadcastsd	240(%rcx,%r8), %zmm6
	vmovups	%zmm6, (%rsp)
	vpdpbusd	%zmm10, %zmm7, %zmm30
	vpdpbusd	%zmm0, %zmm7, %zmm31
	vbroadcastsd	248(%rcx,%r8), %zmm6
	vmovups	%zmm6, 640(%rsp)
	vmulps	256(%rcx,%r8){1to16}, %zmm20, %zmm6
	vpdpbusd	%zmm8, %zmm7, %zmm3
	vpdpbusd	%zmm4, %zmm7, %zmm5
	vmulps	260(%rcx,%r8){1to16}, %zmm20, %zmm9
	vmulps	264(%rcx,%r8){1to16}, %zmm20, %zmm7
	vpdpbusd	%zmm10, %zmm11, %zmm29
	prefetcht0	448(%rsi,%rbp)
	vmulps	268(%rcx,%r8){1to16}, %zmm20, %zmm10
	vpunpckldq	560(%rcx,%r8){1to16}, %zmm14, %zmm15
	vpdpbusd	%zmm0, %zmm11, %zmm28
	prefetcht1	448(%r11,%rbp)
	vpxor	%xmm0, %xmm0, %xmm0
	vpunpckldq	564(%rcx,%r8){1to16}, %zmm0, %zmm14
	vpunpckldq	568(%rcx,%r8){1to16}, %zmm0, %zmm13
	vpdpbusd	%zmm8, %zmm11, %zmm27
	vpunpckldq	572(%rcx,%r8){1to16}, %zmm0, %zmm8
	#MEMBARRIER
	vmovdqa64	512(%r13,%r9), %zmm22
	vpbroadcastq	288(%rcx,%r8), %zmm12
	vpdpbusd	%zmm4, %zmm11, %zmm26
	vmovdqa64	%zmm15, %zmm0
	vpdpbusd	%zmm12, %zmm22, %zmm0
	vpshufd	$177, %zmm22, %zmm16
	vpdpbusd	%zmm12, %zmm16, %zmm15
	vpbroadcastq	296(%rcx,%r8), %zmm11
	vmovdqa64	%zmm14, %zmm4
	vpdpbusd	%zmm11, %zmm22, %zmm4
	vpdpbusd	%zmm11, %zmm16, %zmm14
	vpbroadcastq	304(%rcx,%r8), %zmm11
	vmovdqa64	%zmm13, %zmm12
	vpdpbusd	%zmm11, %zmm22, %zmm12
	vpdpbusd	%zmm11, %zmm16, %zmm13
	vpbroadcastq	312(%rcx,%r8), %zmm17
	vmovdqa64	%zmm8, %zmm11
	vpdpbusd	%zmm17, %zmm22, %zmm11
	vpdpbusd	%zmm17, %zmm16, %zmm8
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	576(%r13,%r9), %zmm16
	vpbroadcastq	320(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm0
	vpshufd	$177, %zmm16, %zmm22
	vpdpbusd	%zmm17, %zmm22, %zmm15
	vpbroadcastq	328(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm4
	vpbroadcastq	336(%rcx,%r8), %zmm20
	vpdpbusd	%zmm17, %zmm22, %zmm14
	vpdpbusd	%zmm20, %zmm16, %zmm12
	vpbroadcastq	344(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm11
	vpdpbusd	%zmm20, %zmm22, %zmm13
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	640(%r13,%r9), %zmm16
	vpbroadcastq	352(%rcx,%r8), %zmm20
	vpdpbusd	%zmm17, %zmm22, %zmm8
	vpdpbusd	%zmm20, %zmm16, %zmm0
	vpshufd	$177, %zmm16, %zmm17
	vpdpbusd	%zmm20, %zmm17, %zmm15
	vpbroadcastq	360(%rcx,%r8), %zmm20
	vpdpbusd	%zmm20, %zmm16, %zmm4
	vpdpbusd	%zmm20, %zmm17, %zmm14
	vpbroadcastq	368(%rcx,%r8), %zmm20
	vpdpbusd	%zmm20, %zmm16, %zmm12
	vpdpbusd	%zmm20, %zmm17, %zmm13
	vpbroadcastq	376(%rcx,%r8), %zmm20
	vpdpbusd	%zmm20, %zmm16, %zmm11
	vpdpbusd	%zmm20, %zmm17, %zmm8
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	#MEMBARRIER
	vmovdqa64	704(%r13,%r9), %zmm16
	vpbroadcastq	384(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm0
	vpshufd	$177, %zmm16, %zmm20
	vpdpbusd	%zmm17, %zmm20, %zmm15
	vpbroadcastq	392(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm4
	vpbroadcastq	400(%rcx,%r8), %zmm22
	vpdpbusd	%zmm17, %zmm20, %zmm14
	vpdpbusd	%zmm22, %zmm16, %zmm12
	vpbroadcastq	408(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm16, %zmm11
	vpdpbusd	%zmm22, %zmm20, %zmm13
	vpdpbusd	%zmm17, %zmm20, %zmm8
	vmovups	384(%rsp), %zmm20
	vmovdqu64	576(%rsp), %zmm17
	vpdpbusd	%zmm17, %zmm19, %zmm30
	vpshufd	$177, %zmm19, %zmm16
	vpdpbusd	%zmm17, %zmm16, %zmm29
	vmovdqu64	512(%rsp), %zmm17
	vpdpbusd	%zmm17, %zmm19, %zmm31
	vpdpbusd	%zmm17, %zmm16, %zmm28
	vpdpbusd	%zmm1, %zmm19, %zmm3
	vpdpbusd	%zmm1, %zmm16, %zmm27
	vpdpbusd	%zmm2, %zmm19, %zmm5
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	#MEMBARRIER
	vpdpbusd	%zmm2, %zmm16, %zmm26
	vmovdqa64	768(%r13,%r9), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	416(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm0
	vpdpbusd	%zmm16, %zmm2, %zmm15
	vpbroadcastq	424(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm4
	vpbroadcastq	432(%rcx,%r8), %zmm17
	vpdpbusd	%zmm16, %zmm2, %zmm14
	vpdpbusd	%zmm17, %zmm1, %zmm12
	vpdpbusd	%zmm17, %zmm2, %zmm13
	vpbroadcastq	440(%rcx,%r8), %zmm16
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	vpdpbusd	%zmm16, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm2, %zmm8
	#MEMBARRIER
	vmovdqa64	832(%r13,%r9), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	448(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm0
	vpdpbusd	%zmm16, %zmm2, %zmm15
	vpbroadcastq	456(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm4
	vpdpbusd	%zmm16, %zmm2, %zmm14
	vpbroadcastq	464(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm12
	vpdpbusd	%zmm16, %zmm2, %zmm13
	vpbroadcastq	472(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm2, %zmm8
	vpshufd	$177, %zmm18, %zmm1
	vmovdqu64	128(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm18, %zmm30
	vmovdqu64	64(%rsp), %zmm17
	vpdpbusd	%zmm17, %zmm18, %zmm31
	vmovdqu64	(%rsp), %zmm19
	vpdpbusd	%zmm19, %zmm18, %zmm3
	vmovdqu64	640(%rsp), %zmm22
	vpdpbusd	%zmm22, %zmm18, %zmm5
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	#MEMBARRIER
	vpdpbusd	%zmm2, %zmm1, %zmm29
	prefetcht0	896(%rsi,%rbp)
	vmovdqa64	896(%r13,%r9), %zmm2
	vpbroadcastq	480(%rcx,%r8), %zmm16
	vpdpbusd	%zmm17, %zmm1, %zmm28
	vpshufd	$177, %zmm2, %zmm17
	vpdpbusd	%zmm16, %zmm2, %zmm0
	vpdpbusd	%zmm16, %zmm17, %zmm15
	vpbroadcastq	488(%rcx,%r8), %zmm16
	vpdpbusd	%zmm19, %zmm1, %zmm27
	prefetcht1	896(%r11,%rbp)
	vpdpbusd	%zmm16, %zmm2, %zmm4
	vpdpbusd	%zmm16, %zmm17, %zmm14
	vpbroadcastq	496(%rcx,%r8), %zmm16
	vpdpbusd	%zmm22, %zmm1, %zmm26
	vpdpbusd	%zmm16, %zmm2, %zmm12
	vpdpbusd	%zmm16, %zmm17, %zmm13
	vpbroadcastq	504(%rcx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm2, %zmm11
	#MEMBARRIER
	vpdpbusd	%zmm1, %zmm17, %zmm8
	vmovdqa64	960(%r13,%r9), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	512(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm0
	vpbroadcastq	520(%rcx,%r8), %zmm17
	vpdpbusd	%zmm17, %zmm1, %zmm4
	vpbroadcastq	528(%rcx,%r8), %zmm18
	vpdpbusd	%zmm16, %zmm2, %zmm15
	vpdpbusd	%zmm17, %zmm2, %zmm14
	vmovdqa64	.LCPI0_1(%rip), %zmm17
	vpdpbusd	%zmm18, %zmm1, %zmm12
	vpbroadcastq	536(%rcx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm11
	vpdpbusd	%zmm18, %zmm2, %zmm13
	vpdpbusd	%zmm16, %zmm2, %zmm8
	vpbroadcastq	.LCPI0_0(%rip), %zmm16
	vpshufb	%zmm17, %zmm29, %zmm1
	vpsllvd	%zmm16, %zmm30, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm25, %zmm1, %zmm6
	vpshufb	%zmm17, %zmm28, %zmm1
	vpsllvd	%zmm16, %zmm31, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm17, %zmm27, %zmm2
	vfmadd213ps	%zmm24, %zmm1, %zmm9
	vpsllvd	%zmm16, %zmm3, %zmm1
	vpaddd	%zmm2, %zmm1, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vpshufb	%zmm17, %zmm26, %zmm2
	vpsllvd	%zmm16, %zmm5, %zmm3
	vfmadd213ps	%zmm23, %zmm1, %zmm7
	vpaddd	%zmm2, %zmm3, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vpshufb	%zmm17, %zmm15, %zmm2
	vfmadd213ps	%zmm21, %zmm1, %zmm10
	vpsllvd	%zmm16, %zmm0, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm14, %zmm1
	vpxor	%xmm14, %xmm14, %xmm14
	vmulps	544(%rcx,%r8){1to16}, %zmm20, %zmm25
	vpsllvd	%zmm16, %zmm4, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	548(%rcx,%r8){1to16}, %zmm20, %zmm24
	vfmadd213ps	%zmm6, %zmm0, %zmm25
	vpshufb	%zmm17, %zmm13, %zmm0
	vpsllvd	%zmm16, %zmm12, %zmm2
	vpaddd	%zmm0, %zmm2, %zmm0
	vmulps	552(%rcx,%r8){1to16}, %zmm20, %zmm23
	vfmadd213ps	%zmm9, %zmm1, %zmm24
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm17, %zmm8, %zmm1
	vpsllvd	%zmm16, %zmm11, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm7, %zmm0, %zmm23
	vmulps	556(%rcx,%r8){1to16}, %zmm20, %zmm21
	vfmadd213ps	%zmm10, %zmm1, %zmm21
	addq	$576, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_14
	leaq	(%rdx,%rdx,2), %rax
	vbroadcastss	.LCPI0_2(%rip), %zmm5
	vmovups	320(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vbroadcastss	.LCPI0_3(%rip), %zmm6
	vmovaps	%zmm6, %zmm1
	vbroadcastss	.LCPI0_4(%rip), %zmm7
	vfmadd231ps	%zmm7, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vbroadcastss	.LCPI0_5(%rip), %zmm8
	vfmsub231ps	%zmm8, %zmm2, %zmm3
	vbroadcastss	.LCPI0_6(%rip), %zmm9
	vfmadd231ps	%zmm9, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vbroadcastss	.LCPI0_7(%rip), %zmm10
	vmovaps	%zmm10, %zmm4
	vbroadcastss	.LCPI0_8(%rip), %zmm11
	vfmadd213ps	%zmm11, %zmm3, %zmm4
	vbroadcastss	.LCPI0_9(%rip), %zmm12
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vbroadcastss	.LCPI0_10(%rip), %zmm13
	vfmadd213ps	%zmm13, %zmm3, %zmm4
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
	vmulps	%zmm25, %zmm0, %zmm0
	movq	-72(%rsp), %rcx
	vmovups	%zmm0, (%rcx,%rax)
	leaq	1(%rdx), %rax
	movq	%r10, %rsi
	cmpq	-120(%rsp), %rax
	vmovups	-64(%rsp), %zmm29
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	448(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm7, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm8, %zmm2, %zmm3
	vfmadd231ps	%zmm9, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm10, %zmm4
	vfmadd213ps	%zmm11, %zmm3, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
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
	vmulps	%zmm24, %zmm0, %zmm0
	vmovups	%zmm0, (%rcx,%rax)
	leaq	2(%rdx), %rax
	movq	%r10, %rsi
	cmpq	-120(%rsp), %rax
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	vmovups	256(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm7, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm8, %zmm2, %zmm3
	vfmadd231ps	%zmm9, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm10, %zmm4
	vfmadd213ps	%zmm11, %zmm3, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
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
	vmulps	%zmm23, %zmm0, %zmm0
	vmovups	%zmm0, (%rcx,%rax)
	addq	$3, %rdx
	movq	%r10, %rsi
	cmpq	-120(%rsp), %rdx
	jge	.LBB0_3
	leaq	(%rdx,%rdx,2), %rax
	shlq	$12, %rax
	vmovups	192(%rsp), %zmm19
	vxorps	%zmm5, %zmm19, %zmm0
	vmovaps	%zmm6, %zmm1
	vfmadd231ps	%zmm7, %zmm19, %zmm1
	vsubps	%zmm6, %zmm1, %zmm2
	vmovaps	%zmm19, %zmm3
	vfmsub231ps	%zmm8, %zmm2, %zmm3
	vfmadd231ps	%zmm9, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vmovaps	%zmm10, %zmm4
	vfmadd213ps	%zmm11, %zmm3, %zmm4
	vfmadd213ps	%zmm12, %zmm3, %zmm4
	vfmadd213ps	%zmm13, %zmm3, %zmm4
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
	vmulps	%zmm21, %zmm0, %zmm0
	vmovups	%zmm0, (%rcx,%rax)
	movq	%r10, %rsi
	jmp	.LBB0_3
.LBB0_19:
	addq	$712, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9, .Lfunc_end0-matmul_i8_row_r16_i16_3072x1024_gated_2x4_rows_d9779f80e6d728c9

	.section	".note.GNU-stack","",@progbits
