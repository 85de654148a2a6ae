	.file	"matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067"
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
	.globl	matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067
	.p2align	4
	.type	matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067,@function
matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$384, %rsp
	movq	%rdx, 8(%rsp)
	movq	%rdi, %r15
	movq	(%rdi), %rax
	movq	8(%rdi), %rbx
	movq	(%rax), %rcx
	movq	%rcx, 56(%rsp)
	movq	8(%rax), %rcx
	movq	%rcx, 32(%rsp)
	movq	16(%rax), %rax
	movq	%rax, 24(%rsp)
	movq	32(%rbx), %r14
	cmpq	$1, %r14
	jne	.LBB0_2
	vmovups	(%rbx), %zmm0
	vmovaps	%zmm0, 64(%rsp)
	vmovups	64(%rbx), %zmm0
	vmovaps	%zmm0, 128(%rsp)
	movq	32(%rbx), %rax
	movq	%rax, 80(%rsp)
	vmovdqu64	(%r15), %zmm0
	vmovdqa64	%zmm0, 192(%rsp)
	movq	64(%r15), %rax
	movq	%rax, 256(%rsp)
	leaq	64(%rsp), %rax
	movq	%rax, 200(%rsp)
	leaq	192(%rsp), %rdi
	movq	8(%rsp), %rdx
	movq	%rsi, %r12
	vzeroupper
	callq	matmul_i8_row_r16_i16_151936x1024_1x1_out_416e23fd2bb4d179@PLT
	movq	%r12, %rsi
.LBB0_2:
	cmpq	$1, %r14
	je	.LBB0_18
	movq	32(%rbx), %rcx
	movl	64(%r15), %eax
	movl	68(%r15), %edi
	movq	%rcx, 48(%rsp)
	leaq	1(%rcx), %r8
	shrq	%r8
	xorl	%ecx, %ecx
	cmpq	$1, %r8
	movl	$16448, %r9d
	cmoveq	%rax, %r9
	cmovneq	%rcx, %rdi
	vpxor	%xmm0, %xmm0, %xmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm2
	jmp	.LBB0_4
	.p2align	4
.LBB0_7:
	movq	40(%rsp), %rsi
	incq	%rsi
.LBB0_4:
	cmpq	8(%rsp), %rsi
	jge	.LBB0_18
	imulq	$16448, %rsi, %rax
	movq	32(%rsp), %rcx
	leaq	(%rcx,%rax), %r10
	addq	$64, %r10
	vmovaps	(%rcx,%rax), %zmm3
	movq	%rsi, 40(%rsp)
	shlq	$6, %rsi
	addq	24(%rsp), %rsi
	movq	%rsi, 16(%rsp)
	xorl	%r15d, %r15d
	.p2align	4
.LBB0_6:
	cmpq	%r8, %r15
	jge	.LBB0_7
	movq	%r15, %rax
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
	leaq	1(%r15), %rbx
	movq	%rbx, %rax
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
	leaq	(%r15,%r15,8), %rdx
	addq	%r15, %r15
	shlq	$9, %rdx
	addq	56(%rsp), %rdx
	shlq	$10, %rcx
	shlq	$10, %rax
	subq	%rcx, %rax
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%r13d, %r13d
	vxorps	%xmm4, %xmm4, %xmm4
	xorl	%r14d, %r14d
	.p2align	4
.LBB0_15:
	movq	%r13, %rsi
	subq	%rcx, %rsi
	cmpq	%rax, %rsi
	movl	$0, %r12d
	cmovbq	%r9, %r12
	movl	$0, %esi
	vpunpckldq	136(%rdx,%r14){1to16}, %zmm0, %zmm7
	cmovbq	%rdi, %rsi
	leaq	(%r10,%r13), %r11
	vpunpckldq	140(%rdx,%r14){1to16}, %zmm0, %zmm6
	#MEMBARRIER
	vmovdqa64	(%r10,%r13), %zmm10
	prefetcht0	(%r12,%r11)
	prefetcht1	(%rsi,%r11)
	vpshufd	$177, %zmm10, %zmm11
	vpbroadcastq	(%rdx,%r14), %zmm9
	vmovdqa64	%zmm7, %zmm8
	vpdpbusd	%zmm9, %zmm10, %zmm8
	vpdpbusd	%zmm9, %zmm11, %zmm7
	vpbroadcastq	8(%rdx,%r14), %zmm12
	vmovdqa64	%zmm6, %zmm9
	vpdpbusd	%zmm12, %zmm10, %zmm9
	#MEMBARRIER
	vmovdqa64	64(%r10,%r13), %zmm16
	vpdpbusd	%zmm12, %zmm11, %zmm6
	prefetcht0	64(%r12,%r11)
	vpbroadcastq	16(%rdx,%r14), %zmm13
	vpbroadcastq	24(%rdx,%r14), %zmm10
	prefetcht1	64(%rsi,%r11)
	#MEMBARRIER
	prefetcht0	128(%r12,%r11)
	prefetcht1	128(%rsi,%r11)
	vmovdqa64	128(%r10,%r13), %zmm11
	vpbroadcastq	32(%rdx,%r14), %zmm12
	vpbroadcastq	40(%rdx,%r14), %zmm15
	#MEMBARRIER
	prefetcht0	192(%r12,%r11)
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r10,%r13), %zmm14
	vpbroadcastq	48(%rdx,%r14), %zmm28
	vpbroadcastq	56(%rdx,%r14), %zmm27
	#MEMBARRIER
	prefetcht0	256(%r12,%r11)
	vpshufd	$177, %zmm16, %zmm17
	prefetcht1	256(%rsi,%r11)
	vmovdqa64	256(%r10,%r13), %zmm29
	vpbroadcastq	64(%rdx,%r14), %zmm24
	vpshufd	$177, %zmm11, %zmm30
	vpbroadcastq	72(%rdx,%r14), %zmm25
	#MEMBARRIER
	prefetcht0	320(%r12,%r11)
	vmovdqa64	320(%r10,%r13), %zmm26
	vpdpbusd	%zmm13, %zmm16, %zmm8
	prefetcht1	320(%rsi,%r11)
	vpbroadcastq	80(%rdx,%r14), %zmm22
	vpbroadcastq	88(%rdx,%r14), %zmm21
	#MEMBARRIER
	vpdpbusd	%zmm10, %zmm16, %zmm9
	prefetcht0	384(%r12,%r11)
	vmovdqa64	384(%r10,%r13), %zmm23
	vpbroadcastq	96(%rdx,%r14), %zmm18
	vpdpbusd	%zmm13, %zmm17, %zmm7
	prefetcht1	384(%rsi,%r11)
	vpbroadcastq	104(%rdx,%r14), %zmm19
	#MEMBARRIER
	vmovdqa64	448(%r10,%r13), %zmm20
	vpdpbusd	%zmm10, %zmm17, %zmm6
	vpdpbusd	%zmm12, %zmm11, %zmm8
	vpbroadcastq	112(%rdx,%r14), %zmm17
	vpbroadcastq	120(%rdx,%r14), %zmm16
	vpdpbusd	%zmm15, %zmm11, %zmm9
	vpshufd	$177, %zmm14, %zmm31
	vmulps	128(%rdx,%r14){1to16}, %zmm3, %zmm10
	vmulps	132(%rdx,%r14){1to16}, %zmm3, %zmm11
	vpdpbusd	%zmm12, %zmm30, %zmm7
	prefetcht0	448(%r12,%r11)
	vpunpckldq	280(%rdx,%r14){1to16}, %zmm0, %zmm13
	vpunpckldq	284(%rdx,%r14){1to16}, %zmm0, %zmm12
	vpdpbusd	%zmm15, %zmm30, %zmm6
	prefetcht1	448(%rsi,%r11)
	#MEMBARRIER
	prefetcht0	512(%r12,%r11)
	prefetcht1	512(%rsi,%r11)
	vmovdqa64	512(%r10,%r13), %zmm30
	vpdpbusd	%zmm28, %zmm14, %zmm8
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	144(%rdx,%r14), %zmm1
	vmovdqa64	%zmm13, %zmm15
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm27, %zmm14, %zmm9
	vpbroadcastq	152(%rdx,%r14), %zmm1
	vmovdqa64	%zmm12, %zmm14
	vpdpbusd	%zmm1, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	576(%r10,%r13), %zmm30
	vpdpbusd	%zmm28, %zmm31, %zmm7
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	160(%rdx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm27, %zmm31, %zmm6
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpshufd	$177, %zmm29, %zmm1
	vpdpbusd	%zmm24, %zmm29, %zmm8
	prefetcht0	576(%r12,%r11)
	prefetcht1	576(%rsi,%r11)
	vpdpbusd	%zmm25, %zmm29, %zmm9
	vpbroadcastq	168(%rdx,%r14), %zmm27
	vpdpbusd	%zmm27, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	640(%r10,%r13), %zmm28
	vpdpbusd	%zmm24, %zmm1, %zmm7
	vpdpbusd	%zmm27, %zmm0, %zmm12
	vpshufd	$177, %zmm28, %zmm0
	vpbroadcastq	176(%rdx,%r14), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm15
	vpdpbusd	%zmm25, %zmm1, %zmm6
	vpdpbusd	%zmm24, %zmm0, %zmm13
	vpshufd	$177, %zmm26, %zmm1
	vpdpbusd	%zmm22, %zmm26, %zmm8
	prefetcht0	640(%r12,%r11)
	prefetcht1	640(%rsi,%r11)
	vpdpbusd	%zmm21, %zmm26, %zmm9
	vpbroadcastq	184(%rdx,%r14), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm14
	#MEMBARRIER
	vmovdqa64	704(%r10,%r13), %zmm25
	vpdpbusd	%zmm22, %zmm1, %zmm7
	vpdpbusd	%zmm24, %zmm0, %zmm12
	vpshufd	$177, %zmm25, %zmm0
	vpbroadcastq	192(%rdx,%r14), %zmm22
	vpdpbusd	%zmm22, %zmm25, %zmm15
	vpdpbusd	%zmm21, %zmm1, %zmm6
	vpdpbusd	%zmm22, %zmm0, %zmm13
	vpshufd	$177, %zmm23, %zmm1
	vpdpbusd	%zmm18, %zmm23, %zmm8
	prefetcht0	704(%r12,%r11)
	prefetcht1	704(%rsi,%r11)
	vpdpbusd	%zmm19, %zmm23, %zmm9
	vpbroadcastq	200(%rdx,%r14), %zmm21
	vpdpbusd	%zmm21, %zmm25, %zmm14
	#MEMBARRIER
	vmovdqa64	768(%r10,%r13), %zmm22
	vpdpbusd	%zmm18, %zmm1, %zmm7
	vpdpbusd	%zmm21, %zmm0, %zmm12
	vpshufd	$177, %zmm22, %zmm0
	vpbroadcastq	208(%rdx,%r14), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm15
	vpdpbusd	%zmm19, %zmm1, %zmm6
	vpdpbusd	%zmm18, %zmm0, %zmm13
	vpshufd	$177, %zmm20, %zmm1
	vpdpbusd	%zmm17, %zmm20, %zmm8
	prefetcht0	768(%r12,%r11)
	prefetcht1	768(%rsi,%r11)
	vpdpbusd	%zmm16, %zmm20, %zmm9
	vpbroadcastq	216(%rdx,%r14), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm14
	#MEMBARRIER
	vmovdqa64	832(%r10,%r13), %zmm19
	vpdpbusd	%zmm17, %zmm1, %zmm7
	vpdpbusd	%zmm18, %zmm0, %zmm12
	vpshufd	$177, %zmm19, %zmm0
	vpbroadcastq	224(%rdx,%r14), %zmm17
	vpdpbusd	%zmm17, %zmm19, %zmm15
	vpdpbusd	%zmm16, %zmm1, %zmm6
	vpbroadcastq	.LCPI0_0(%rip), %zmm16
	vpdpbusd	%zmm17, %zmm0, %zmm13
	vpbroadcastq	232(%rdx,%r14), %zmm1
	vpdpbusd	%zmm1, %zmm19, %zmm14
	vpsllvd	%zmm16, %zmm8, %zmm8
	vpshufb	%zmm2, %zmm7, %zmm7
	vpsllvd	%zmm16, %zmm9, %zmm9
	prefetcht0	832(%r12,%r11)
	prefetcht1	832(%rsi,%r11)
	vpdpbusd	%zmm1, %zmm0, %zmm12
	#MEMBARRIER
	prefetcht0	896(%r12,%r11)
	vpshufb	%zmm2, %zmm6, %zmm0
	prefetcht1	896(%rsi,%r11)
	vmovdqa64	896(%r10,%r13), %zmm1
	vpbroadcastq	240(%rdx,%r14), %zmm6
	vpaddd	%zmm7, %zmm8, %zmm7
	vpshufd	$177, %zmm1, %zmm8
	vpdpbusd	%zmm6, %zmm1, %zmm15
	vpdpbusd	%zmm6, %zmm8, %zmm13
	vpbroadcastq	248(%rdx,%r14), %zmm6
	vpaddd	%zmm0, %zmm9, %zmm0
	vpdpbusd	%zmm6, %zmm1, %zmm14
	vpdpbusd	%zmm6, %zmm8, %zmm12
	#MEMBARRIER
	vmovdqa64	960(%r10,%r13), %zmm1
	vpshufd	$177, %zmm1, %zmm6
	vcvtdq2ps	%zmm7, %zmm7
	vpbroadcastq	256(%rdx,%r14), %zmm8
	vpdpbusd	%zmm8, %zmm1, %zmm15
	vpbroadcastq	264(%rdx,%r14), %zmm9
	vfmadd213ps	%zmm5, %zmm7, %zmm10
	vpdpbusd	%zmm8, %zmm6, %zmm13
	vpdpbusd	%zmm9, %zmm1, %zmm14
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%r12,%r11)
	prefetcht1	960(%rsi,%r11)
	vfmadd213ps	%zmm4, %zmm0, %zmm11
	vpdpbusd	%zmm9, %zmm6, %zmm12
	vpshufb	%zmm2, %zmm13, %zmm0
	vpsllvd	%zmm16, %zmm15, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	272(%rdx,%r14){1to16}, %zmm3, %zmm5
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm2, %zmm12, %zmm1
	vpsllvd	%zmm16, %zmm14, %zmm4
	vpaddd	%zmm1, %zmm4, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm10, %zmm0, %zmm5
	vxorps	%xmm0, %xmm0, %xmm0
	vmulps	276(%rdx,%r14){1to16}, %zmm3, %zmm4
	vfmadd213ps	%zmm11, %zmm1, %zmm4
	addq	$288, %r14
	addq	$1024, %r13
	cmpq	$16384, %r13
	jl	.LBB0_15
	imulq	$607744, %r15, %rax
	movq	16(%rsp), %rcx
	vmovups	%zmm5, (%rcx,%rax)
	movq	%r15, %rax
	incq	%rax
	movq	%rbx, %r15
	cmpq	48(%rsp), %rax
	jge	.LBB0_6
	imulq	$607744, %rax, %rax
	movq	16(%rsp), %rcx
	vmovups	%zmm4, (%rcx,%rax)
	movq	%rbx, %r15
	jmp	.LBB0_6
.LBB0_18:
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
	.size	matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067, .Lfunc_end0-matmul_i8_row_r16_i16_151936x1024_1x2_out_69eaa0f8f17de067

	.section	".note.GNU-stack","",@progbits
