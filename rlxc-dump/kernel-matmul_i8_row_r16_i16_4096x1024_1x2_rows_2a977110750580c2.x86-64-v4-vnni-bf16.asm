	.file	"matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2"
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
	.globl	matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2
	.p2align	4
	.type	matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2,@function
matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	%rdx, -32(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -8(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -40(%rsp)
	movq	16(%rax), %rax
	movq	%rax, -48(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %ebx
	movq	%rcx, -16(%rsp)
	leaq	1(%rcx), %r14
	shrq	%r14
	xorl	%ecx, %ecx
	cmpq	$1, %r14
	movl	$16448, %r15d
	cmoveq	%rax, %r15
	cmovneq	%rcx, %rbx
	vpxor	%xmm0, %xmm0, %xmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm2
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-24(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-32(%rsp), %rsi
	jge	.LBB0_15
	imulq	$16448, %rsi, %rax
	movq	-40(%rsp), %rcx
	leaq	(%rcx,%rax), %r12
	addq	$64, %r12
	vmovaps	(%rcx,%rax), %zmm3
	movq	%rsi, -24(%rsp)
	movq	%rsi, %r13
	shlq	$6, %r13
	addq	-48(%rsp), %r13
	xorl	%ebp, %ebp
	.p2align	4
.LBB0_3:
	cmpq	%r14, %rbp
	jge	.LBB0_4
	movq	%rbp, %rax
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
	leaq	1(%rbp), %r10
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
	leaq	(,%rbp,8), %rdx
	addq	%rbp, %rdx
	addq	%rbp, %rbp
	shlq	$9, %rdx
	addq	-8(%rsp), %rdx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%ecx, %ecx
	vxorps	%xmm4, %xmm4, %xmm4
	xorl	%r9d, %r9d
	.p2align	4
.LBB0_12:
	movq	%rcx, %rsi
	subq	%rdi, %rsi
	cmpq	%rax, %rsi
	movl	$0, %r8d
	cmovbq	%r15, %r8
	movl	$0, %esi
	vpunpckldq	136(%rdx,%r9){1to16}, %zmm0, %zmm7
	cmovbq	%rbx, %rsi
	leaq	(%r12,%rcx), %r11
	vpunpckldq	140(%rdx,%r9){1to16}, %zmm0, %zmm6
	#MEMBARRIER
	vmovdqa64	(%r12,%rcx), %zmm10
	prefetcht0	(%r8,%r11)
	prefetcht1	(%rsi,%r11)
	vpshufd	$177, %zmm10, %zmm11
	vpbroadcastq	(%rdx,%r9), %zmm9
	vmovdqa64	%zmm7, %zmm8
	vpdpbusd	%zmm9, %zmm10, %zmm8
	vpdpbusd	%zmm9, %zmm11, %zmm7
	vpbroadcastq	8(%rdx,%r9), %zmm12
	vmovdqa64	%zmm6, %zmm9
	vpdpbusd	%zmm12, %zmm10, %zmm9
	#MEMBARRIER
	vmovdqa64	64(%r12,%rcx), %zmm16
	vpdpbusd	%zmm12, %zmm11, %zmm6
	prefetcht0	64(%r8,%r11)
	vpbroadcastq	16(%rdx,%r9), %zmm13
	vpbroadcastq	24(%rdx,%r9), %zmm10
	prefetcht1	64(%rsi,%r11)
	#MEMBARRIER
	prefetcht0	128(%r8,%r11)
	prefetcht1	128(%rsi,%r11)
	vmovdqa64	128(%r12,%rcx), %zmm11
	vpbroadcastq	32(%rdx,%r9), %zmm12
	vpbroadcastq	40(%rdx,%r9), %zmm15
	#MEMBARRIER
	prefetcht0	192(%r8,%r11)
	prefetcht1	192(%rsi,%r11)
	vmovdqa64	192(%r12,%rcx), %zmm14
	vpbroadcastq	48(%rdx,%r9), %zmm28
	vpbroadcastq	56(%rdx,%r9), %zmm27
	#MEMBARRIER
	prefetcht0	256(%r8,%r11)
	vpshufd	$177, %zmm16, %zmm17
	prefetcht1	256(%rsi,%r11)
	vmovdqa64	256(%r12,%rcx), %zmm29
	vpbroadcastq	64(%rdx,%r9), %zmm24
	vpshufd	$177, %zmm11, %zmm30
	vpbroadcastq	72(%rdx,%r9), %zmm25
	#MEMBARRIER
	prefetcht0	320(%r8,%r11)
	vmovdqa64	320(%r12,%rcx), %zmm26
	vpdpbusd	%zmm13, %zmm16, %zmm8
	prefetcht1	320(%rsi,%r11)
	vpbroadcastq	80(%rdx,%r9), %zmm22
	vpbroadcastq	88(%rdx,%r9), %zmm21
	#MEMBARRIER
	vpdpbusd	%zmm10, %zmm16, %zmm9
	prefetcht0	384(%r8,%r11)
	vmovdqa64	384(%r12,%rcx), %zmm23
	vpbroadcastq	96(%rdx,%r9), %zmm18
	vpdpbusd	%zmm13, %zmm17, %zmm7
	prefetcht1	384(%rsi,%r11)
	vpbroadcastq	104(%rdx,%r9), %zmm19
	#MEMBARRIER
	vmovdqa64	448(%r12,%rcx), %zmm20
	vpdpbusd	%zmm10, %zmm17, %zmm6
	vpdpbusd	%zmm12, %zmm11, %zmm8
	vpbroadcastq	112(%rdx,%r9), %zmm17
	vpbroadcastq	120(%rdx,%r9), %zmm16
	vpdpbusd	%zmm15, %zmm11, %zmm9
	vpshufd	$177, %zmm14, %zmm31
	vmulps	128(%rdx,%r9){1to16}, %zmm3, %zmm10
	vmulps	132(%rdx,%r9){1to16}, %zmm3, %zmm11
	vpdpbusd	%zmm12, %zmm30, %zmm7
	prefetcht0	448(%r8,%r11)
	vpunpckldq	280(%rdx,%r9){1to16}, %zmm0, %zmm13
	vpunpckldq	284(%rdx,%r9){1to16}, %zmm0, %zmm12
	vpdpbusd	%zmm15, %zmm30, %zmm6
	prefetcht1	448(%rsi,%r11)
	#MEMBARRIER
	prefetcht0	512(%r8,%r11)
	prefetcht1	512(%rsi,%r11)
	vmovdqa64	512(%r12,%rcx), %zmm30
	vpdpbusd	%zmm28, %zmm14, %zmm8
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	144(%rdx,%r9), %zmm1
	vmovdqa64	%zmm13, %zmm15
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm27, %zmm14, %zmm9
	vpbroadcastq	152(%rdx,%r9), %zmm1
	vmovdqa64	%zmm12, %zmm14
	vpdpbusd	%zmm1, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	576(%r12,%rcx), %zmm30
	vpdpbusd	%zmm28, %zmm31, %zmm7
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	160(%rdx,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm27, %zmm31, %zmm6
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpshufd	$177, %zmm29, %zmm1
	vpdpbusd	%zmm24, %zmm29, %zmm8
	prefetcht0	576(%r8,%r11)
	prefetcht1	576(%rsi,%r11)
	vpdpbusd	%zmm25, %zmm29, %zmm9
	vpbroadcastq	168(%rdx,%r9), %zmm27
	vpdpbusd	%zmm27, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	640(%r12,%rcx), %zmm28
	vpdpbusd	%zmm24, %zmm1, %zmm7
	vpdpbusd	%zmm27, %zmm0, %zmm12
	vpshufd	$177, %zmm28, %zmm0
	vpbroadcastq	176(%rdx,%r9), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm15
	vpdpbusd	%zmm25, %zmm1, %zmm6
	vpdpbusd	%zmm24, %zmm0, %zmm13
	vpshufd	$177, %zmm26, %zmm1
	vpdpbusd	%zmm22, %zmm26, %zmm8
	prefetcht0	640(%r8,%r11)
	prefetcht1	640(%rsi,%r11)
	vpdpbusd	%zmm21, %zmm26, %zmm9
	vpbroadcastq	184(%rdx,%r9), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm14
	#MEMBARRIER
	vmovdqa64	704(%r12,%rcx), %zmm25
	vpdpbusd	%zmm22, %zmm1, %zmm7
	vpdpbusd	%zmm24, %zmm0, %zmm12
	vpshufd	$177, %zmm25, %zmm0
	vpbroadcastq	192(%rdx,%r9), %zmm22
	vpdpbusd	%zmm22, %zmm25, %zmm15
	vpdpbusd	%zmm21, %zmm1, %zmm6
	vpdpbusd	%zmm22, %zmm0, %zmm13
	vpshufd	$177, %zmm23, %zmm1
	vpdpbusd	%zmm18, %zmm23, %zmm8
	prefetcht0	704(%r8,%r11)
	prefetcht1	704(%rsi,%r11)
	vpdpbusd	%zmm19, %zmm23, %zmm9
	vpbroadcastq	200(%rdx,%r9), %zmm21
	vpdpbusd	%zmm21, %zmm25, %zmm14
	#MEMBARRIER
	vmovdqa64	768(%r12,%rcx), %zmm22
	vpdpbusd	%zmm18, %zmm1, %zmm7
	vpdpbusd	%zmm21, %zmm0, %zmm12
	vpshufd	$177, %zmm22, %zmm0
	vpbroadcastq	208(%rdx,%r9), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm15
	vpdpbusd	%zmm19, %zmm1, %zmm6
	vpdpbusd	%zmm18, %zmm0, %zmm13
	vpshufd	$177, %zmm20, %zmm1
	vpdpbusd	%zmm17, %zmm20, %zmm8
	prefetcht0	768(%r8,%r11)
	prefetcht1	768(%rsi,%r11)
	vpdpbusd	%zmm16, %zmm20, %zmm9
	vpbroadcastq	216(%rdx,%r9), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm14
	#MEMBARRIER
	vmovdqa64	832(%r12,%rcx), %zmm19
	vpdpbusd	%zmm17, %zmm1, %zmm7
	vpdpbusd	%zmm18, %zmm0, %zmm12
	vpshufd	$177, %zmm19, %zmm0
	vpbroadcastq	224(%rdx,%r9), %zmm17
	vpdpbusd	%zmm17, %zmm19, %zmm15
	vpdpbusd	%zmm16, %zmm1, %zmm6
	vpbroadcastq	.LCPI0_0(%rip), %zmm16
	vpdpbusd	%zmm17, %zmm0, %zmm13
	vpbroadcastq	232(%rdx,%r9), %zmm1
	vpdpbusd	%zmm1, %zmm19, %zmm14
	vpsllvd	%zmm16, %zmm8, %zmm8
	vpshufb	%zmm2, %zmm7, %zmm7
	vpsllvd	%zmm16, %zmm9, %zmm9
	prefetcht0	832(%r8,%r11)
	prefetcht1	832(%rsi,%r11)
	vpdpbusd	%zmm1, %zmm0, %zmm12
	#MEMBARRIER
	prefetcht0	896(%r8,%r11)
	vpshufb	%zmm2, %zmm6, %zmm0
	prefetcht1	896(%rsi,%r11)
	vmovdqa64	896(%r12,%rcx), %zmm1
	vpbroadcastq	240(%rdx,%r9), %zmm6
	vpaddd	%zmm7, %zmm8, %zmm7
	vpshufd	$177, %zmm1, %zmm8
	vpdpbusd	%zmm6, %zmm1, %zmm15
	vpdpbusd	%zmm6, %zmm8, %zmm13
	vpbroadcastq	248(%rdx,%r9), %zmm6
	vpaddd	%zmm0, %zmm9, %zmm0
	vpdpbusd	%zmm6, %zmm1, %zmm14
	vpdpbusd	%zmm6, %zmm8, %zmm12
	#MEMBARRIER
	vmovdqa64	960(%r12,%rcx), %zmm1
	vpshufd	$177, %zmm1, %zmm6
	vcvtdq2ps	%zmm7, %zmm7
	vpbroadcastq	256(%rdx,%r9), %zmm8
	vpdpbusd	%zmm8, %zmm1, %zmm15
	vpbroadcastq	264(%rdx,%r9), %zmm9
	vfmadd213ps	%zmm5, %zmm7, %zmm10
	vpdpbusd	%zmm8, %zmm6, %zmm13
	vpdpbusd	%zmm9, %zmm1, %zmm14
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%r8,%r11)
	prefetcht1	960(%rsi,%r11)
	vfmadd213ps	%zmm4, %zmm0, %zmm11
	vpdpbusd	%zmm9, %zmm6, %zmm12
	vpshufb	%zmm2, %zmm13, %zmm0
	vpsllvd	%zmm16, %zmm15, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	272(%rdx,%r9){1to16}, %zmm3, %zmm5
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm2, %zmm12, %zmm1
	vpsllvd	%zmm16, %zmm14, %zmm4
	vpaddd	%zmm1, %zmm4, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm10, %zmm0, %zmm5
	vxorps	%xmm0, %xmm0, %xmm0
	vmulps	276(%rdx,%r9){1to16}, %zmm3, %zmm4
	vfmadd213ps	%zmm11, %zmm1, %zmm4
	addq	$288, %r9
	addq	$1024, %rcx
	cmpq	$16384, %rcx
	jl	.LBB0_12
	movq	%rbp, %rax
	shlq	$14, %rbp
	vmovups	%zmm5, (%r13,%rbp)
	incq	%rax
	movq	%r10, %rbp
	cmpq	-16(%rsp), %rax
	jge	.LBB0_3
	shlq	$14, %rax
	vmovups	%zmm4, (%r13,%rax)
	movq	%r10, %rbp
	jmp	.LBB0_3
.LBB0_15:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2, .Lfunc_end0-matmul_i8_row_r16_i16_4096x1024_1x2_rows_2a977110750580c2

	.section	".note.GNU-stack","",@progbits
