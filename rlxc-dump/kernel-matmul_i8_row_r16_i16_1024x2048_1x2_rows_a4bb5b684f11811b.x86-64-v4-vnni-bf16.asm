	.file	"matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b"
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
	.globl	matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b
	.p2align	4
	.type	matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b,@function
matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	%rdx, -64(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -40(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -72(%rsp)
	movq	16(%rax), %rdx
	movq	%rdx, -80(%rsp)
	movq	24(%rax), %rax
	movq	%rax, -88(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %r14d
	movq	%rcx, -48(%rsp)
	leaq	1(%rcx), %r15
	shrq	%r15
	xorl	%ecx, %ecx
	cmpq	$1, %r15
	movl	$32832, %r12d
	cmoveq	%rax, %r12
	cmovneq	%rcx, %r14
	vpxor	%xmm1, %xmm1, %xmm1
	vmovdqa64	.LCPI0_1(%rip), %zmm2
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-56(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-64(%rsp), %rsi
	jge	.LBB0_15
	imulq	$32832, %rsi, %rax
	movq	-72(%rsp), %rcx
	leaq	(%rcx,%rax), %r13
	addq	$64, %r13
	vmovaps	(%rcx,%rax), %zmm3
	movq	%rsi, -56(%rsp)
	shlq	$6, %rsi
	movq	-80(%rsp), %rax
	addq	%rsi, %rax
	movq	%rax, -32(%rsp)
	addq	-88(%rsp), %rsi
	movq	%rsi, -96(%rsp)
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_3:
	cmpq	%r15, %r11
	jge	.LBB0_4
	movq	%r11, %rax
	shlq	$5, %rax
	movq	%rax, %rcx
	orq	%r15, %rcx
	shrq	$32, %rcx
	je	.LBB0_6
	xorl	%edx, %edx
	divq	%r15
	movq	%rax, %rdi
	jmp	.LBB0_8
	.p2align	4
.LBB0_6:
	xorl	%edx, %edx
	divl	%r15d
	movl	%eax, %edi
.LBB0_8:
	leaq	1(%r11), %rax
	movq	%rax, -8(%rsp)
	shlq	$5, %rax
	movq	%rax, %rcx
	orq	%r15, %rcx
	shrq	$32, %rcx
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r15
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r15d
.LBB0_11:
	leaq	(%r11,%r11,8), %rdx
	addq	%r11, %r11
	shlq	$10, %rdx
	addq	-40(%rsp), %rdx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	movq	%r11, %r8
	shlq	$12, %r8
	movq	-32(%rsp), %rcx
	leaq	(%rcx,%r8), %rsi
	movq	%rsi, -16(%rsp)
	prefetcht0	(%rcx,%r8)
	incq	%r11
	movq	%r11, %r9
	shlq	$12, %r9
	leaq	(%rcx,%r9), %rsi
	movq	%rsi, -24(%rsp)
	prefetcht0	(%rcx,%r9)
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%ebx, %ebx
	vxorps	%xmm4, %xmm4, %xmm4
	xorl	%esi, %esi
	.p2align	4
.LBB0_12:
	movq	%rbx, %rcx
	subq	%rdi, %rcx
	cmpq	%rax, %rcx
	movl	$0, %ebp
	cmovbq	%r12, %rbp
	movl	$0, %ecx
	vpunpckldq	136(%rdx,%rsi){1to16}, %zmm1, %zmm7
	cmovbq	%r14, %rcx
	leaq	(%r13,%rbx), %r10
	vpunpckldq	140(%rdx,%rsi){1to16}, %zmm1, %zmm6
	#MEMBARRIER
	vmovdqa64	(%r13,%rbx), %zmm10
	prefetcht0	(%rbp,%r10)
	prefetcht1	(%rcx,%r10)
	vpshufd	$177, %zmm10, %zmm11
	vpbroadcastq	(%rdx,%rsi), %zmm9
	vmovdqa64	%zmm7, %zmm8
	vpdpbusd	%zmm9, %zmm10, %zmm8
	vpdpbusd	%zmm9, %zmm11, %zmm7
	vpbroadcastq	8(%rdx,%rsi), %zmm12
	vmovdqa64	%zmm6, %zmm9
	vpdpbusd	%zmm12, %zmm10, %zmm9
	#MEMBARRIER
	vmovdqa64	64(%r13,%rbx), %zmm16
	vpdpbusd	%zmm12, %zmm11, %zmm6
	prefetcht0	64(%rbp,%r10)
	vpbroadcastq	16(%rdx,%rsi), %zmm13
	vpbroadcastq	24(%rdx,%rsi), %zmm10
	prefetcht1	64(%rcx,%r10)
	#MEMBARRIER
	prefetcht0	128(%rbp,%r10)
	prefetcht1	128(%rcx,%r10)
	vmovdqa64	128(%r13,%rbx), %zmm11
	vpbroadcastq	32(%rdx,%rsi), %zmm12
	vpbroadcastq	40(%rdx,%rsi), %zmm15
	#MEMBARRIER
	prefetcht0	192(%rbp,%r10)
	prefetcht1	192(%rcx,%r10)
	vmovdqa64	192(%r13,%rbx), %zmm14
	vpbroadcastq	48(%rdx,%rsi), %zmm28
	vpbroadcastq	56(%rdx,%rsi), %zmm27
	#MEMBARRIER
	prefetcht0	256(%rbp,%r10)
	vpshufd	$177, %zmm16, %zmm17
	prefetcht1	256(%rcx,%r10)
	vmovdqa64	256(%r13,%rbx), %zmm29
	vpbroadcastq	64(%rdx,%rsi), %zmm24
	vpshufd	$177, %zmm11, %zmm30
	vpbroadcastq	72(%rdx,%rsi), %zmm25
	#MEMBARRIER
	prefetcht0	320(%rbp,%r10)
	vmovdqa64	320(%r13,%rbx), %zmm26
	vpdpbusd	%zmm13, %zmm16, %zmm8
	prefetcht1	320(%rcx,%r10)
	vpbroadcastq	80(%rdx,%rsi), %zmm22
	vpbroadcastq	88(%rdx,%rsi), %zmm21
	#MEMBARRIER
	vpdpbusd	%zmm10, %zmm16, %zmm9
	prefetcht0	384(%rbp,%r10)
	vmovdqa64	384(%r13,%rbx), %zmm23
	vpbroadcastq	96(%rdx,%rsi), %zmm18
	vpdpbusd	%zmm13, %zmm17, %zmm7
	prefetcht1	384(%rcx,%r10)
	vpbroadcastq	104(%rdx,%rsi), %zmm19
	#MEMBARRIER
	vmovdqa64	448(%r13,%rbx), %zmm20
	vpdpbusd	%zmm10, %zmm17, %zmm6
	vpdpbusd	%zmm12, %zmm11, %zmm8
	vpbroadcastq	112(%rdx,%rsi), %zmm17
	vpbroadcastq	120(%rdx,%rsi), %zmm16
	vpdpbusd	%zmm15, %zmm11, %zmm9
	vpshufd	$177, %zmm14, %zmm31
	vmulps	128(%rdx,%rsi){1to16}, %zmm3, %zmm10
	vmulps	132(%rdx,%rsi){1to16}, %zmm3, %zmm11
	vpdpbusd	%zmm12, %zmm30, %zmm7
	prefetcht0	448(%rbp,%r10)
	vpunpckldq	280(%rdx,%rsi){1to16}, %zmm1, %zmm13
	vpunpckldq	284(%rdx,%rsi){1to16}, %zmm1, %zmm12
	vpdpbusd	%zmm15, %zmm30, %zmm6
	prefetcht1	448(%rcx,%r10)
	#MEMBARRIER
	prefetcht0	512(%rbp,%r10)
	prefetcht1	512(%rcx,%r10)
	vmovdqa64	512(%r13,%rbx), %zmm30
	vpdpbusd	%zmm28, %zmm14, %zmm8
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	144(%rdx,%rsi), %zmm1
	vmovdqa64	%zmm13, %zmm15
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm27, %zmm14, %zmm9
	vpbroadcastq	152(%rdx,%rsi), %zmm1
	vmovdqa64	%zmm12, %zmm14
	vpdpbusd	%zmm1, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	576(%r13,%rbx), %zmm30
	vpdpbusd	%zmm28, %zmm31, %zmm7
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpshufd	$177, %zmm30, %zmm0
	vpbroadcastq	160(%rdx,%rsi), %zmm1
	vpdpbusd	%zmm1, %zmm30, %zmm15
	vpdpbusd	%zmm27, %zmm31, %zmm6
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpshufd	$177, %zmm29, %zmm1
	vpdpbusd	%zmm24, %zmm29, %zmm8
	prefetcht0	576(%rbp,%r10)
	prefetcht1	576(%rcx,%r10)
	vpdpbusd	%zmm25, %zmm29, %zmm9
	vpbroadcastq	168(%rdx,%rsi), %zmm27
	vpdpbusd	%zmm27, %zmm30, %zmm14
	#MEMBARRIER
	vmovdqa64	640(%r13,%rbx), %zmm28
	vpdpbusd	%zmm24, %zmm1, %zmm7
	vpdpbusd	%zmm27, %zmm0, %zmm12
	vpshufd	$177, %zmm28, %zmm0
	vpbroadcastq	176(%rdx,%rsi), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm15
	vpdpbusd	%zmm25, %zmm1, %zmm6
	vpdpbusd	%zmm24, %zmm0, %zmm13
	vpshufd	$177, %zmm26, %zmm1
	vpdpbusd	%zmm22, %zmm26, %zmm8
	prefetcht0	640(%rbp,%r10)
	prefetcht1	640(%rcx,%r10)
	vpdpbusd	%zmm21, %zmm26, %zmm9
	vpbroadcastq	184(%rdx,%rsi), %zmm24
	vpdpbusd	%zmm24, %zmm28, %zmm14
	#MEMBARRIER
	vmovdqa64	704(%r13,%rbx), %zmm25
	vpdpbusd	%zmm22, %zmm1, %zmm7
	vpdpbusd	%zmm24, %zmm0, %zmm12
	vpshufd	$177, %zmm25, %zmm0
	vpbroadcastq	192(%rdx,%rsi), %zmm22
	vpdpbusd	%zmm22, %zmm25, %zmm15
	vpdpbusd	%zmm21, %zmm1, %zmm6
	vpdpbusd	%zmm22, %zmm0, %zmm13
	vpshufd	$177, %zmm23, %zmm1
	vpdpbusd	%zmm18, %zmm23, %zmm8
	prefetcht0	704(%rbp,%r10)
	prefetcht1	704(%rcx,%r10)
	vpdpbusd	%zmm19, %zmm23, %zmm9
	vpbroadcastq	200(%rdx,%rsi), %zmm21
	vpdpbusd	%zmm21, %zmm25, %zmm14
	#MEMBARRIER
	vmovdqa64	768(%r13,%rbx), %zmm22
	vpdpbusd	%zmm18, %zmm1, %zmm7
	vpdpbusd	%zmm21, %zmm0, %zmm12
	vpshufd	$177, %zmm22, %zmm0
	vpbroadcastq	208(%rdx,%rsi), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm15
	vpdpbusd	%zmm19, %zmm1, %zmm6
	vpdpbusd	%zmm18, %zmm0, %zmm13
	vpshufd	$177, %zmm20, %zmm1
	vpdpbusd	%zmm17, %zmm20, %zmm8
	prefetcht0	768(%rbp,%r10)
	prefetcht1	768(%rcx,%r10)
	vpdpbusd	%zmm16, %zmm20, %zmm9
	vpbroadcastq	216(%rdx,%rsi), %zmm18
	vpdpbusd	%zmm18, %zmm22, %zmm14
	#MEMBARRIER
	vmovdqa64	832(%r13,%rbx), %zmm19
	vpdpbusd	%zmm17, %zmm1, %zmm7
	vpdpbusd	%zmm18, %zmm0, %zmm12
	vpshufd	$177, %zmm19, %zmm0
	vpbroadcastq	224(%rdx,%rsi), %zmm17
	vpdpbusd	%zmm17, %zmm19, %zmm15
	vpdpbusd	%zmm16, %zmm1, %zmm6
	vpbroadcastq	.LCPI0_0(%rip), %zmm16
	vpdpbusd	%zmm17, %zmm0, %zmm13
	vpbroadcastq	232(%rdx,%rsi), %zmm1
	vpdpbusd	%zmm1, %zmm19, %zmm14
	vpsllvd	%zmm16, %zmm8, %zmm8
	vpshufb	%zmm2, %zmm7, %zmm7
	vpsllvd	%zmm16, %zmm9, %zmm9
	prefetcht0	832(%rbp,%r10)
	prefetcht1	832(%rcx,%r10)
	vpdpbusd	%zmm1, %zmm0, %zmm12
	#MEMBARRIER
	prefetcht0	896(%rbp,%r10)
	vpshufb	%zmm2, %zmm6, %zmm0
	prefetcht1	896(%rcx,%r10)
	vmovdqa64	896(%r13,%rbx), %zmm1
	vpbroadcastq	240(%rdx,%rsi), %zmm6
	vpaddd	%zmm7, %zmm8, %zmm7
	vpshufd	$177, %zmm1, %zmm8
	vpdpbusd	%zmm6, %zmm1, %zmm15
	vpdpbusd	%zmm6, %zmm8, %zmm13
	vpbroadcastq	248(%rdx,%rsi), %zmm6
	vpaddd	%zmm0, %zmm9, %zmm0
	vpdpbusd	%zmm6, %zmm1, %zmm14
	vpdpbusd	%zmm6, %zmm8, %zmm12
	#MEMBARRIER
	vmovdqa64	960(%r13,%rbx), %zmm1
	vpshufd	$177, %zmm1, %zmm6
	vcvtdq2ps	%zmm7, %zmm7
	vpbroadcastq	256(%rdx,%rsi), %zmm8
	vpdpbusd	%zmm8, %zmm1, %zmm15
	vpbroadcastq	264(%rdx,%rsi), %zmm9
	vfmadd213ps	%zmm5, %zmm7, %zmm10
	vpdpbusd	%zmm8, %zmm6, %zmm13
	vpdpbusd	%zmm9, %zmm1, %zmm14
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%rbp,%r10)
	prefetcht1	960(%rcx,%r10)
	vfmadd213ps	%zmm4, %zmm0, %zmm11
	vpdpbusd	%zmm9, %zmm6, %zmm12
	vpshufb	%zmm2, %zmm13, %zmm0
	vpsllvd	%zmm16, %zmm15, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vmulps	272(%rdx,%rsi){1to16}, %zmm3, %zmm5
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm2, %zmm12, %zmm1
	vpsllvd	%zmm16, %zmm14, %zmm4
	vpaddd	%zmm1, %zmm4, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm10, %zmm0, %zmm5
	vmulps	276(%rdx,%rsi){1to16}, %zmm3, %zmm4
	vfmadd213ps	%zmm11, %zmm1, %zmm4
	vxorps	%xmm1, %xmm1, %xmm1
	addq	$288, %rsi
	addq	$1024, %rbx
	cmpq	$32768, %rbx
	jl	.LBB0_12
	movq	-16(%rsp), %rax
	vaddps	(%rax), %zmm5, %zmm0
	movq	-96(%rsp), %rax
	vmovups	%zmm0, (%rax,%r8)
	cmpq	-48(%rsp), %r11
	movq	-8(%rsp), %rcx
	movq	%rcx, %r11
	jge	.LBB0_3
	movq	-24(%rsp), %rax
	vaddps	(%rax), %zmm4, %zmm0
	movq	-96(%rsp), %rax
	vmovups	%zmm0, (%rax,%r9)
	movq	%rcx, %r11
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
	.size	matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b, .Lfunc_end0-matmul_i8_row_r16_i16_1024x2048_1x2_rows_a4bb5b684f11811b

	.section	".note.GNU-stack","",@progbits
