	.file	"matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4"
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
	.globl	matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4
	.p2align	4
	.type	matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4,@function
matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$264, %rsp
	movq	%rdx, -96(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -72(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -104(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -112(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	movq	%rcx, -80(%rsp)
	leaq	1(%rcx), %r14
	shrq	%r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$32896, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxord	%xmm16, %xmm16, %xmm16
	vpbroadcastq	.LCPI0_0(%rip), %zmm17
	vmovdqa64	.LCPI0_1(%rip), %zmm18
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-88(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-96(%rsp), %rsi
	jge	.LBB0_17
	imulq	$32896, %rsi, %rax
	movq	-104(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm27
	leaq	16512(%rcx,%rax), %r13
	vmovaps	16448(%rcx,%rax), %zmm0
	vmovups	%zmm0, 128(%rsp)
	movq	%rsi, -88(%rsp)
	shlq	$6, %rsi
	addq	-112(%rsp), %rsi
	movq	%rsi, -120(%rsp)
	xorl	%r10d, %r10d
	vmovups	%zmm27, (%rsp)
	.p2align	4
.LBB0_3:
	cmpq	%r14, %r10
	jge	.LBB0_4
	movq	%r10, %rax
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
	leaq	1(%r10), %rcx
	movq	%rcx, %rax
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
	leaq	(%r10,%r10,8), %rdx
	addq	%r10, %r10
	shlq	$9, %rdx
	addq	-72(%rsp), %rdx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm19, %xmm19, %xmm19
	xorl	%r9d, %r9d
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_12:
	vmovups	%zmm0, -64(%rsp)
	movq	%r9, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %esi
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	136(%rdx,%r8){1to16}, %zmm16, %zmm21
	cmovbq	%rbx, %r11
	leaq	(%r12,%r9), %rbp
	vpunpckldq	140(%rdx,%r8){1to16}, %zmm16, %zmm20
	#MEMBARRIER
	vmovdqa64	(%r12,%r9), %zmm0
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm3
	vpbroadcastq	(%rdx,%r8), %zmm1
	vmovdqa64	%zmm21, %zmm22
	vpdpbusd	%zmm1, %zmm0, %zmm22
	vpdpbusd	%zmm1, %zmm3, %zmm21
	vpbroadcastq	8(%rdx,%r8), %zmm4
	vmovdqa64	%zmm20, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm23
	#MEMBARRIER
	vmovdqa64	64(%r12,%r9), %zmm1
	vpdpbusd	%zmm4, %zmm3, %zmm20
	prefetcht0	64(%rsi,%rbp)
	vpbroadcastq	16(%rdx,%r8), %zmm6
	vpbroadcastq	24(%rdx,%r8), %zmm3
	prefetcht1	64(%r11,%rbp)
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vmovdqa64	128(%r12,%r9), %zmm24
	vpbroadcastq	32(%rdx,%r8), %zmm26
	vpbroadcastq	40(%rdx,%r8), %zmm15
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r12,%r9), %zmm0
	vpbroadcastq	48(%rdx,%r8), %zmm13
	vpbroadcastq	56(%rdx,%r8), %zmm8
	#MEMBARRIER
	prefetcht0	256(%rsi,%rbp)
	vpshufd	$177, %zmm1, %zmm25
	prefetcht1	256(%r11,%rbp)
	vmovdqa64	256(%r12,%r9), %zmm4
	vpbroadcastq	64(%rdx,%r8), %zmm12
	vpshufd	$177, %zmm24, %zmm28
	vpbroadcastq	72(%rdx,%r8), %zmm31
	#MEMBARRIER
	prefetcht0	320(%rsi,%rbp)
	vmovdqa64	320(%r12,%r9), %zmm14
	vpdpbusd	%zmm6, %zmm1, %zmm22
	prefetcht1	320(%r11,%rbp)
	vpbroadcastq	80(%rdx,%r8), %zmm10
	vpbroadcastq	88(%rdx,%r8), %zmm9
	#MEMBARRIER
	vpdpbusd	%zmm3, %zmm1, %zmm23
	prefetcht0	384(%rsi,%rbp)
	vmovdqa64	384(%r12,%r9), %zmm11
	vpbroadcastq	96(%rdx,%r8), %zmm5
	vpdpbusd	%zmm6, %zmm25, %zmm21
	prefetcht1	384(%r11,%rbp)
	vpbroadcastq	104(%rdx,%r8), %zmm6
	#MEMBARRIER
	vmovdqa64	448(%r12,%r9), %zmm7
	vpdpbusd	%zmm3, %zmm25, %zmm20
	vpdpbusd	%zmm26, %zmm24, %zmm22
	vpbroadcastq	112(%rdx,%r8), %zmm3
	vpbroadcastq	120(%rdx,%r8), %zmm30
	vpdpbusd	%zmm15, %zmm24, %zmm23
	vpshufd	$177, %zmm0, %zmm1
	vmulps	128(%rdx,%r8){1to16}, %zmm27, %zmm24
	vmulps	132(%rdx,%r8){1to16}, %zmm27, %zmm25
	vpdpbusd	%zmm26, %zmm28, %zmm21
	prefetcht0	448(%rsi,%rbp)
	vpunpckldq	280(%rdx,%r8){1to16}, %zmm16, %zmm27
	vpunpckldq	284(%rdx,%r8){1to16}, %zmm16, %zmm26
	vpdpbusd	%zmm15, %zmm28, %zmm20
	prefetcht1	448(%r11,%rbp)
	#MEMBARRIER
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	vmovdqa64	512(%r12,%r9), %zmm15
	vpdpbusd	%zmm13, %zmm0, %zmm22
	vpshufd	$177, %zmm15, %zmm2
	vpbroadcastq	144(%rdx,%r8), %zmm28
	vmovdqa64	%zmm27, %zmm29
	vpdpbusd	%zmm28, %zmm15, %zmm29
	vpdpbusd	%zmm28, %zmm2, %zmm27
	vpdpbusd	%zmm8, %zmm0, %zmm23
	vpbroadcastq	152(%rdx,%r8), %zmm0
	vmovdqa64	%zmm26, %zmm28
	vpdpbusd	%zmm0, %zmm15, %zmm28
	#MEMBARRIER
	vmovdqa64	576(%r12,%r9), %zmm15
	vpdpbusd	%zmm13, %zmm1, %zmm21
	vpdpbusd	%zmm0, %zmm2, %zmm26
	vpshufd	$177, %zmm15, %zmm0
	vpbroadcastq	160(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm15, %zmm29
	vpdpbusd	%zmm8, %zmm1, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpshufd	$177, %zmm4, %zmm1
	vpdpbusd	%zmm12, %zmm4, %zmm22
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	vpdpbusd	%zmm31, %zmm4, %zmm23
	vpbroadcastq	168(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm15, %zmm28
	#MEMBARRIER
	vmovdqa64	640(%r12,%r9), %zmm4
	vpdpbusd	%zmm12, %zmm1, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpshufd	$177, %zmm4, %zmm0
	vpbroadcastq	176(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm29
	vpdpbusd	%zmm31, %zmm1, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpshufd	$177, %zmm14, %zmm1
	vpdpbusd	%zmm10, %zmm14, %zmm22
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	vpdpbusd	%zmm9, %zmm14, %zmm23
	vpbroadcastq	184(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm28
	#MEMBARRIER
	vmovdqa64	704(%r12,%r9), %zmm4
	vpdpbusd	%zmm10, %zmm1, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpshufd	$177, %zmm4, %zmm0
	vpbroadcastq	192(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm29
	vpdpbusd	%zmm9, %zmm1, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpshufd	$177, %zmm11, %zmm1
	vpdpbusd	%zmm5, %zmm11, %zmm22
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	vpdpbusd	%zmm6, %zmm11, %zmm23
	vpbroadcastq	200(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm28
	#MEMBARRIER
	vmovdqa64	768(%r12,%r9), %zmm4
	vpdpbusd	%zmm5, %zmm1, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpshufd	$177, %zmm4, %zmm0
	vpbroadcastq	208(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm29
	vpdpbusd	%zmm6, %zmm1, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpshufd	$177, %zmm7, %zmm1
	vpdpbusd	%zmm3, %zmm7, %zmm22
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	vpdpbusd	%zmm30, %zmm7, %zmm23
	vpbroadcastq	216(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm28
	#MEMBARRIER
	vmovdqa64	832(%r12,%r9), %zmm4
	vpdpbusd	%zmm3, %zmm1, %zmm21
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpshufd	$177, %zmm4, %zmm0
	vpbroadcastq	224(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm4, %zmm29
	vpdpbusd	%zmm30, %zmm1, %zmm20
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	232(%rdx,%r8), %zmm1
	vpdpbusd	%zmm1, %zmm4, %zmm28
	vpsllvd	%zmm17, %zmm22, %zmm2
	vpshufb	%zmm18, %zmm21, %zmm3
	vpsllvd	%zmm17, %zmm23, %zmm4
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	vpdpbusd	%zmm1, %zmm0, %zmm26
	#MEMBARRIER
	prefetcht0	896(%rsi,%rbp)
	vpshufb	%zmm18, %zmm20, %zmm0
	prefetcht1	896(%r11,%rbp)
	vmovdqa64	896(%r12,%r9), %zmm1
	vpbroadcastq	240(%rdx,%r8), %zmm5
	vpaddd	%zmm3, %zmm2, %zmm2
	vpshufd	$177, %zmm1, %zmm3
	vpdpbusd	%zmm5, %zmm1, %zmm29
	vpdpbusd	%zmm5, %zmm3, %zmm27
	vpbroadcastq	248(%rdx,%r8), %zmm5
	vpaddd	%zmm0, %zmm4, %zmm0
	vpdpbusd	%zmm5, %zmm1, %zmm28
	vpdpbusd	%zmm5, %zmm3, %zmm26
	#MEMBARRIER
	vmovdqa64	960(%r12,%r9), %zmm1
	vpshufd	$177, %zmm1, %zmm3
	vcvtdq2ps	%zmm2, %zmm2
	vpbroadcastq	256(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm29
	vpbroadcastq	264(%rdx,%r8), %zmm5
	vfmadd213ps	%zmm19, %zmm2, %zmm24
	vpdpbusd	%zmm4, %zmm3, %zmm27
	vpdpbusd	%zmm5, %zmm1, %zmm28
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vfmadd213ps	-64(%rsp), %zmm0, %zmm25
	vpdpbusd	%zmm5, %zmm3, %zmm26
	vpshufb	%zmm18, %zmm27, %zmm0
	vmovups	(%rsp), %zmm27
	vpsllvd	%zmm17, %zmm29, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	272(%rdx,%r8){1to16}, %zmm27, %zmm19
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm18, %zmm26, %zmm1
	vpsllvd	%zmm17, %zmm28, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm24, %zmm0, %zmm19
	vmulps	276(%rdx,%r8){1to16}, %zmm27, %zmm0
	vfmadd213ps	%zmm25, %zmm1, %zmm0
	addq	$288, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_12
	vmovups	%zmm19, 64(%rsp)
	vmovups	%zmm0, -64(%rsp)
	vpxord	%xmm21, %xmm21, %xmm21
	xorl	%r9d, %r9d
	vpxord	%xmm20, %xmm20, %xmm20
	xorl	%r8d, %r8d
	.p2align	4
.LBB0_14:
	movq	%r9, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %esi
	cmovbq	%r15, %rsi
	movl	$0, %r11d
	vpunpckldq	136(%rdx,%r8){1to16}, %zmm16, %zmm23
	cmovbq	%rbx, %r11
	leaq	(%r13,%r9), %rbp
	vpunpckldq	140(%rdx,%r8){1to16}, %zmm16, %zmm22
	#MEMBARRIER
	vmovdqa64	(%r13,%r9), %zmm0
	prefetcht0	(%rsi,%rbp)
	prefetcht1	(%r11,%rbp)
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	(%rdx,%r8), %zmm2
	vmovdqa64	%zmm23, %zmm24
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpdpbusd	%zmm2, %zmm1, %zmm23
	vpbroadcastq	8(%rdx,%r8), %zmm2
	vmovdqa64	%zmm22, %zmm25
	vpdpbusd	%zmm2, %zmm0, %zmm25
	#MEMBARRIER
	vmovdqa64	64(%r13,%r9), %zmm6
	vpdpbusd	%zmm2, %zmm1, %zmm22
	prefetcht0	64(%rsi,%rbp)
	vpbroadcastq	16(%rdx,%r8), %zmm5
	vpbroadcastq	24(%rdx,%r8), %zmm3
	prefetcht1	64(%r11,%rbp)
	#MEMBARRIER
	prefetcht0	128(%rsi,%rbp)
	prefetcht1	128(%r11,%rbp)
	vmovdqa64	128(%r13,%r9), %zmm26
	vpbroadcastq	32(%rdx,%r8), %zmm28
	vpbroadcastq	40(%rdx,%r8), %zmm31
	#MEMBARRIER
	prefetcht0	192(%rsi,%rbp)
	prefetcht1	192(%r11,%rbp)
	vmovdqa64	192(%r13,%r9), %zmm30
	vpbroadcastq	48(%rdx,%r8), %zmm4
	vpbroadcastq	56(%rdx,%r8), %zmm13
	#MEMBARRIER
	prefetcht0	256(%rsi,%rbp)
	vpshufd	$177, %zmm6, %zmm2
	prefetcht1	256(%r11,%rbp)
	vmovdqa64	256(%r13,%r9), %zmm0
	vpbroadcastq	64(%rdx,%r8), %zmm14
	vpshufd	$177, %zmm26, %zmm1
	vpbroadcastq	72(%rdx,%r8), %zmm15
	#MEMBARRIER
	prefetcht0	320(%rsi,%rbp)
	vmovdqa64	320(%r13,%r9), %zmm8
	vpdpbusd	%zmm5, %zmm6, %zmm24
	prefetcht1	320(%r11,%rbp)
	vpbroadcastq	80(%rdx,%r8), %zmm11
	vpbroadcastq	88(%rdx,%r8), %zmm10
	#MEMBARRIER
	vpdpbusd	%zmm3, %zmm6, %zmm25
	prefetcht0	384(%rsi,%rbp)
	vmovdqa64	384(%r13,%r9), %zmm12
	vpbroadcastq	96(%rdx,%r8), %zmm27
	vpdpbusd	%zmm5, %zmm2, %zmm23
	prefetcht1	384(%r11,%rbp)
	vpbroadcastq	104(%rdx,%r8), %zmm7
	#MEMBARRIER
	vmovdqa64	448(%r13,%r9), %zmm9
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpdpbusd	%zmm28, %zmm26, %zmm24
	vpbroadcastq	112(%rdx,%r8), %zmm5
	vpbroadcastq	120(%rdx,%r8), %zmm3
	vpdpbusd	%zmm31, %zmm26, %zmm25
	vpshufd	$177, %zmm30, %zmm2
	vmovups	128(%rsp), %zmm6
	vmulps	128(%rdx,%r8){1to16}, %zmm6, %zmm19
	vmovups	%zmm19, 192(%rsp)
	vmulps	132(%rdx,%r8){1to16}, %zmm6, %zmm26
	vpdpbusd	%zmm28, %zmm1, %zmm23
	prefetcht0	448(%rsi,%rbp)
	vpunpckldq	280(%rdx,%r8){1to16}, %zmm16, %zmm29
	vpunpckldq	284(%rdx,%r8){1to16}, %zmm16, %zmm28
	vpdpbusd	%zmm31, %zmm1, %zmm22
	prefetcht1	448(%r11,%rbp)
	#MEMBARRIER
	prefetcht0	512(%rsi,%rbp)
	prefetcht1	512(%r11,%rbp)
	vmovdqa64	512(%r13,%r9), %zmm1
	vpdpbusd	%zmm4, %zmm30, %zmm24
	vpshufd	$177, %zmm1, %zmm16
	vmovdqa64	%zmm18, %zmm19
	vmovdqa64	%zmm17, %zmm18
	vpbroadcastq	144(%rdx,%r8), %zmm17
	vmovdqa64	%zmm29, %zmm31
	vpdpbusd	%zmm17, %zmm1, %zmm31
	vpdpbusd	%zmm17, %zmm16, %zmm29
	vpdpbusd	%zmm13, %zmm30, %zmm25
	vpbroadcastq	152(%rdx,%r8), %zmm17
	vmovdqa64	%zmm28, %zmm30
	vpdpbusd	%zmm17, %zmm1, %zmm30
	#MEMBARRIER
	vmovdqa64	576(%r13,%r9), %zmm1
	vpdpbusd	%zmm4, %zmm2, %zmm23
	vpdpbusd	%zmm17, %zmm16, %zmm28
	vmovdqa64	%zmm18, %zmm17
	vmovdqa64	%zmm19, %zmm18
	vpshufd	$177, %zmm1, %zmm4
	vpbroadcastq	160(%rdx,%r8), %zmm16
	vpdpbusd	%zmm16, %zmm1, %zmm31
	vpdpbusd	%zmm13, %zmm2, %zmm22
	vpdpbusd	%zmm16, %zmm4, %zmm29
	vpxord	%xmm16, %xmm16, %xmm16
	vpshufd	$177, %zmm0, %zmm2
	vpdpbusd	%zmm14, %zmm0, %zmm24
	prefetcht0	576(%rsi,%rbp)
	prefetcht1	576(%r11,%rbp)
	vpdpbusd	%zmm15, %zmm0, %zmm25
	vpbroadcastq	168(%rdx,%r8), %zmm0
	vpdpbusd	%zmm0, %zmm1, %zmm30
	#MEMBARRIER
	vmovdqa64	640(%r13,%r9), %zmm1
	vpdpbusd	%zmm14, %zmm2, %zmm23
	vpdpbusd	%zmm0, %zmm4, %zmm28
	vpshufd	$177, %zmm1, %zmm0
	vpbroadcastq	176(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm31
	vpdpbusd	%zmm15, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm29
	vpshufd	$177, %zmm8, %zmm2
	vpdpbusd	%zmm11, %zmm8, %zmm24
	prefetcht0	640(%rsi,%rbp)
	prefetcht1	640(%r11,%rbp)
	vpdpbusd	%zmm10, %zmm8, %zmm25
	vpbroadcastq	184(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm30
	#MEMBARRIER
	vmovdqa64	704(%r13,%r9), %zmm1
	vpdpbusd	%zmm11, %zmm2, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm28
	vpshufd	$177, %zmm1, %zmm0
	vpbroadcastq	192(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm31
	vpdpbusd	%zmm10, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm29
	vpshufd	$177, %zmm12, %zmm2
	vpdpbusd	%zmm27, %zmm12, %zmm24
	prefetcht0	704(%rsi,%rbp)
	prefetcht1	704(%r11,%rbp)
	vpdpbusd	%zmm7, %zmm12, %zmm25
	vpbroadcastq	200(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm30
	#MEMBARRIER
	vmovdqa64	768(%r13,%r9), %zmm1
	vpdpbusd	%zmm27, %zmm2, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm28
	vpshufd	$177, %zmm1, %zmm0
	vpbroadcastq	208(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm31
	vpdpbusd	%zmm7, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm29
	vpshufd	$177, %zmm9, %zmm2
	vpdpbusd	%zmm5, %zmm9, %zmm24
	prefetcht0	768(%rsi,%rbp)
	prefetcht1	768(%r11,%rbp)
	vpdpbusd	%zmm3, %zmm9, %zmm25
	vpbroadcastq	216(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm30
	#MEMBARRIER
	vmovdqa64	832(%r13,%r9), %zmm1
	vpdpbusd	%zmm5, %zmm2, %zmm23
	vpdpbusd	%zmm4, %zmm0, %zmm28
	vpshufd	$177, %zmm1, %zmm0
	vpbroadcastq	224(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm1, %zmm31
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm0, %zmm29
	vpbroadcastq	232(%rdx,%r8), %zmm2
	vpdpbusd	%zmm2, %zmm1, %zmm30
	vpsllvd	%zmm17, %zmm24, %zmm1
	vpshufb	%zmm19, %zmm23, %zmm3
	vpsllvd	%zmm17, %zmm25, %zmm4
	prefetcht0	832(%rsi,%rbp)
	prefetcht1	832(%r11,%rbp)
	vpdpbusd	%zmm2, %zmm0, %zmm28
	#MEMBARRIER
	prefetcht0	896(%rsi,%rbp)
	vpshufb	%zmm19, %zmm22, %zmm0
	prefetcht1	896(%r11,%rbp)
	vmovdqa64	896(%r13,%r9), %zmm2
	vpbroadcastq	240(%rdx,%r8), %zmm5
	vpaddd	%zmm3, %zmm1, %zmm1
	vpshufd	$177, %zmm2, %zmm3
	vpdpbusd	%zmm5, %zmm2, %zmm31
	vpdpbusd	%zmm5, %zmm3, %zmm29
	vpbroadcastq	248(%rdx,%r8), %zmm5
	vpaddd	%zmm0, %zmm4, %zmm0
	vpdpbusd	%zmm5, %zmm2, %zmm30
	vpdpbusd	%zmm5, %zmm3, %zmm28
	#MEMBARRIER
	vmovdqa64	960(%r13,%r9), %zmm2
	vpshufd	$177, %zmm2, %zmm3
	vcvtdq2ps	%zmm1, %zmm1
	vpbroadcastq	256(%rdx,%r8), %zmm4
	vpdpbusd	%zmm4, %zmm2, %zmm31
	vpbroadcastq	264(%rdx,%r8), %zmm5
	vmovups	192(%rsp), %zmm7
	vfmadd213ps	%zmm21, %zmm1, %zmm7
	vpdpbusd	%zmm4, %zmm3, %zmm29
	vpdpbusd	%zmm5, %zmm2, %zmm30
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%rsi,%rbp)
	prefetcht1	960(%r11,%rbp)
	vfmadd213ps	%zmm20, %zmm0, %zmm26
	vpdpbusd	%zmm5, %zmm3, %zmm28
	vpshufb	%zmm19, %zmm29, %zmm0
	vpsllvd	%zmm17, %zmm31, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	272(%rdx,%r8){1to16}, %zmm6, %zmm21
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm19, %zmm28, %zmm1
	vpsllvd	%zmm17, %zmm30, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm7, %zmm0, %zmm21
	vmulps	276(%rdx,%r8){1to16}, %zmm6, %zmm20
	vfmadd213ps	%zmm26, %zmm1, %zmm20
	addq	$288, %r8
	addq	$1024, %r9
	cmpq	$16384, %r9
	jl	.LBB0_14
	leaq	(%r10,%r10,2), %rax
	vmovups	64(%rsp), %zmm5
	vxorps	.LCPI0_2(%rip){1to16}, %zmm5, %zmm0
	vbroadcastss	.LCPI0_3(%rip), %zmm2
	vmovaps	%zmm2, %zmm1
	vfmadd231ps	.LCPI0_4(%rip){1to16}, %zmm5, %zmm1
	vsubps	%zmm2, %zmm1, %zmm2
	vmovaps	%zmm5, %zmm3
	vfmsub231ps	.LCPI0_5(%rip){1to16}, %zmm2, %zmm3
	vfmadd231ps	.LCPI0_6(%rip){1to16}, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vbroadcastss	.LCPI0_7(%rip), %zmm4
	vfmadd213ps	.LCPI0_8(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_9(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_10(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_11(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vbroadcastss	.LCPI0_12(%rip), %zmm3
	vaddps	%zmm3, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	.LCPI0_13(%rip){1to16}, %zmm0, %k1
	vcmpgtps	.LCPI0_14(%rip){1to16}, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm3, %zmm0, %zmm0
	vdivps	%zmm0, %zmm5, %zmm0
	shlq	$12, %rax
	vmulps	%zmm21, %zmm0, %zmm0
	movq	-120(%rsp), %rdx
	vmovups	%zmm0, (%rdx,%rax)
	movq	%r10, %rax
	incq	%rax
	movq	%rcx, %r10
	cmpq	-80(%rsp), %rax
	vmovups	(%rsp), %zmm27
	jge	.LBB0_3
	leaq	(%rax,%rax,2), %rax
	shlq	$12, %rax
	vmovups	-64(%rsp), %zmm5
	vxorps	.LCPI0_2(%rip){1to16}, %zmm5, %zmm0
	vbroadcastss	.LCPI0_3(%rip), %zmm2
	vmovaps	%zmm2, %zmm1
	vfmadd231ps	.LCPI0_4(%rip){1to16}, %zmm5, %zmm1
	vsubps	%zmm2, %zmm1, %zmm2
	vmovaps	%zmm5, %zmm3
	vfmsub231ps	.LCPI0_5(%rip){1to16}, %zmm2, %zmm3
	vfmadd231ps	.LCPI0_6(%rip){1to16}, %zmm2, %zmm3
	vmulps	%zmm3, %zmm3, %zmm2
	vbroadcastss	.LCPI0_7(%rip), %zmm4
	vfmadd213ps	.LCPI0_8(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_9(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_10(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	.LCPI0_11(%rip){1to16}, %zmm3, %zmm4
	vfmadd213ps	%zmm3, %zmm2, %zmm4
	vbroadcastss	.LCPI0_12(%rip), %zmm3
	vaddps	%zmm3, %zmm4, %zmm2
	vpslld	$23, %zmm1, %zmm1
	vpaddd	%zmm1, %zmm2, %zmm1
	vcmpnltps	.LCPI0_13(%rip){1to16}, %zmm0, %k1
	vcmpgtps	.LCPI0_14(%rip){1to16}, %zmm0, %k2
	vmovaps	%zmm1, %zmm0 {%k1} {z}
	vbroadcastss	.LCPI0_15(%rip), %zmm0 {%k2}
	vaddps	%zmm3, %zmm0, %zmm0
	vdivps	%zmm0, %zmm5, %zmm0
	vmulps	%zmm20, %zmm0, %zmm0
	movq	-120(%rsp), %rdx
	vmovups	%zmm0, (%rdx,%rax)
	movq	%rcx, %r10
	jmp	.LBB0_3
.LBB0_17:
	addq	$264, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4, .Lfunc_end0-matmul_i8_row_r16_i16_3072x1024_gated_2x2_rows_ce0116c51e2c03f4

	.section	".note.GNU-stack","",@progbits
