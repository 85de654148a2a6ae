	.file	"matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd"
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
	.globl	matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd
	.p2align	4
	.type	matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd,@function
matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	subq	$456, %rsp
	movq	%rdx, -88(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -64(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, -96(%rsp)
	movq	16(%rax), %rdx
	movq	%rdx, -104(%rsp)
	movq	24(%rax), %rax
	movq	%rax, -112(%rsp)
	movq	16(%rcx), %rcx
	movl	64(%rdi), %eax
	movl	68(%rdi), %r14d
	movq	%rcx, -120(%rsp)
	leaq	3(%rcx), %r8
	shrq	$2, %r8
	xorl	%ecx, %ecx
	cmpq	$1, %r8
	movl	$49216, %r12d
	cmoveq	%rax, %r12
	cmovneq	%rcx, %r14
	vpxor	%xmm4, %xmm4, %xmm4
	movq	%r8, -72(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_4:
	movq	-80(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-88(%rsp), %rsi
	jge	.LBB0_17
	imulq	$49216, %rsi, %rax
	movq	-96(%rsp), %rcx
	leaq	(%rcx,%rax), %r13
	addq	$64, %r13
	vmovaps	(%rcx,%rax), %zmm27
	movq	%rsi, -80(%rsp)
	movq	%rsi, %rdx
	shlq	$6, %rdx
	movq	-104(%rsp), %rax
	leaq	(%rax,%rdx), %r10
	addq	-112(%rsp), %rdx
	xorl	%ecx, %ecx
	vmovups	%zmm27, (%rsp)
	movq	%rdx, -56(%rsp)
	.p2align	4
.LBB0_3:
	cmpq	%r8, %rcx
	jge	.LBB0_4
	movq	%rcx, %rax
	shlq	$4, %rax
	leaq	(%rax,%rax,2), %rax
	movq	%rax, %rdx
	orq	%r8, %rdx
	shrq	$32, %rdx
	je	.LBB0_6
	xorl	%edx, %edx
	divq	%r8
	movq	%rax, %rdi
	jmp	.LBB0_8
	.p2align	4
.LBB0_6:
	xorl	%edx, %edx
	divl	%r8d
	movl	%eax, %edi
.LBB0_8:
	leaq	1(%rcx), %rax
	movq	%rax, -8(%rsp)
	shlq	$4, %rax
	leaq	(%rax,%rax,2), %rax
	movq	%rax, %rdx
	orq	%r8, %rdx
	shrq	$32, %rdx
	je	.LBB0_9
	xorl	%edx, %edx
	divq	%r8
	jmp	.LBB0_11
	.p2align	4
.LBB0_9:
	xorl	%edx, %edx
	divl	%r8d
.LBB0_11:
	imulq	$27648, %rcx, %rdx
	shlq	$2, %rcx
	addq	-64(%rsp), %rdx
	shlq	$10, %rdi
	shlq	$10, %rax
	subq	%rdi, %rax
	movq	%rcx, %rbp
	shlq	$12, %rbp
	prefetcht0	(%r10,%rbp)
	leaq	1(%rcx), %rsi
	movq	%rsi, -16(%rsp)
	shlq	$12, %rsi
	prefetcht0	(%r10,%rsi)
	leaq	2(%rcx), %r9
	movq	%r9, -24(%rsp)
	shlq	$12, %r9
	prefetcht0	(%r10,%r9)
	addq	$3, %rcx
	movq	%rcx, -32(%rsp)
	shlq	$12, %rcx
	leaq	(%r10,%rcx), %r8
	movq	%r8, -48(%rsp)
	movq	%rcx, -40(%rsp)
	prefetcht0	(%r10,%rcx)
	vxorps	%xmm7, %xmm7, %xmm7
	xorl	%ebx, %ebx
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm5, %xmm5, %xmm5
	vxorps	%xmm29, %xmm29, %xmm29
	xorl	%r11d, %r11d
	.p2align	4
.LBB0_12:
	movq	%rbx, %rcx
	subq	%rdi, %rcx
	cmpq	%rax, %rcx
	movl	$0, %r15d
	cmovbq	%r12, %r15
	movl	$0, %r8d
	vpunpckldq	272(%rdx,%r11){1to16}, %zmm4, %zmm11
	vpunpckldq	276(%rdx,%r11){1to16}, %zmm4, %zmm10
	cmovbq	%r14, %r8
	leaq	(%r13,%rbx), %rcx
	vpunpckldq	280(%rdx,%r11){1to16}, %zmm4, %zmm9
	vpunpckldq	284(%rdx,%r11){1to16}, %zmm4, %zmm8
	#MEMBARRIER
	prefetcht0	(%r15,%rcx)
	prefetcht1	(%r8,%rcx)
	vmovdqa64	(%r13,%rbx), %zmm0
	vpbroadcastq	(%rdx,%r11), %zmm1
	vpshufd	$177, %zmm0, %zmm2
	vmovdqa64	%zmm11, %zmm12
	vpdpbusd	%zmm1, %zmm0, %zmm12
	vpdpbusd	%zmm1, %zmm2, %zmm11
	vpbroadcastq	8(%rdx,%r11), %zmm1
	vmovdqa64	%zmm10, %zmm13
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	16(%rdx,%r11), %zmm1
	vmovdqa64	%zmm9, %zmm14
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	24(%rdx,%r11), %zmm3
	vmovdqa64	%zmm8, %zmm15
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	64(%r15,%rcx)
	prefetcht1	64(%r8,%rcx)
	vmovdqa64	64(%r13,%rbx), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	32(%rdx,%r11), %zmm2
	vpbroadcastq	40(%rdx,%r11), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	48(%rdx,%r11), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm14
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpbroadcastq	56(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	128(%r15,%rcx)
	prefetcht1	128(%r8,%rcx)
	vpdpbusd	%zmm2, %zmm1, %zmm9
	vmovdqa64	128(%r13,%rbx), %zmm0
	vpshufd	$177, %zmm0, %zmm2
	vpbroadcastq	64(%rdx,%r11), %zmm16
	vpdpbusd	%zmm3, %zmm1, %zmm8
	vpdpbusd	%zmm16, %zmm0, %zmm12
	vpdpbusd	%zmm16, %zmm2, %zmm11
	vpbroadcastq	72(%rdx,%r11), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm13
	vpdpbusd	%zmm1, %zmm2, %zmm10
	vpbroadcastq	80(%rdx,%r11), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm14
	vpbroadcastq	88(%rdx,%r11), %zmm3
	vpdpbusd	%zmm1, %zmm2, %zmm9
	vpdpbusd	%zmm3, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	192(%r15,%rcx)
	prefetcht1	192(%r8,%rcx)
	vmovdqa64	192(%r13,%rbx), %zmm0
	vpdpbusd	%zmm3, %zmm2, %zmm8
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	96(%rdx,%r11), %zmm2
	vpbroadcastq	104(%rdx,%r11), %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vpbroadcastq	112(%rdx,%r11), %zmm16
	vpbroadcastq	120(%rdx,%r11), %zmm17
	vpdpbusd	%zmm2, %zmm1, %zmm11
	vpdpbusd	%zmm16, %zmm0, %zmm14
	vpdpbusd	%zmm17, %zmm0, %zmm15
	#MEMBARRIER
	prefetcht0	256(%r15,%rcx)
	vmovdqa64	256(%r13,%rbx), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	prefetcht1	256(%r8,%rcx)
	vpbroadcastq	128(%rdx,%r11), %zmm3
	vpbroadcastq	136(%rdx,%r11), %zmm23
	vpdpbusd	%zmm16, %zmm1, %zmm9
	vpshufd	$177, %zmm2, %zmm21
	vpbroadcastq	144(%rdx,%r11), %zmm0
	vpbroadcastq	152(%rdx,%r11), %zmm22
	vpdpbusd	%zmm17, %zmm1, %zmm8
	vpdpbusd	%zmm3, %zmm2, %zmm12
	#MEMBARRIER
	vmovdqa64	320(%r13,%rbx), %zmm18
	vpbroadcastq	160(%rdx,%r11), %zmm19
	vpdpbusd	%zmm23, %zmm2, %zmm13
	prefetcht0	320(%r15,%rcx)
	vpbroadcastq	168(%rdx,%r11), %zmm20
	vpbroadcastq	176(%rdx,%r11), %zmm25
	vpdpbusd	%zmm0, %zmm2, %zmm14
	prefetcht1	320(%r8,%rcx)
	vpbroadcastq	184(%rdx,%r11), %zmm24
	#MEMBARRIER
	vmovdqa64	384(%r13,%rbx), %zmm1
	vpdpbusd	%zmm3, %zmm21, %zmm11
	vpdpbusd	%zmm22, %zmm2, %zmm15
	vpbroadcastq	192(%rdx,%r11), %zmm17
	vpbroadcastq	200(%rdx,%r11), %zmm16
	vpdpbusd	%zmm23, %zmm21, %zmm10
	prefetcht0	384(%r15,%rcx)
	vpbroadcastq	208(%rdx,%r11), %zmm2
	vpbroadcastq	216(%rdx,%r11), %zmm3
	vpdpbusd	%zmm0, %zmm21, %zmm9
	prefetcht1	384(%r8,%rcx)
	#MEMBARRIER
	vmovdqa64	448(%r13,%rbx), %zmm0
	vbroadcastsd	224(%rdx,%r11), %zmm23
	vmovups	%zmm23, 256(%rsp)
	vpdpbusd	%zmm22, %zmm21, %zmm8
	vpshufd	$177, %zmm18, %zmm26
	vbroadcastsd	232(%rdx,%r11), %zmm21
	vmovups	%zmm21, 192(%rsp)
	vbroadcastsd	240(%rdx,%r11), %zmm21
	vmovups	%zmm21, 128(%rsp)
	vpdpbusd	%zmm19, %zmm18, %zmm12
	vpdpbusd	%zmm20, %zmm18, %zmm13
	vbroadcastsd	248(%rdx,%r11), %zmm21
	vmovups	%zmm21, 64(%rsp)
	vmulps	256(%rdx,%r11){1to16}, %zmm27, %zmm21
	vmovups	%zmm21, 384(%rsp)
	vpdpbusd	%zmm25, %zmm18, %zmm14
	vpdpbusd	%zmm24, %zmm18, %zmm15
	vmulps	260(%rdx,%r11){1to16}, %zmm27, %zmm18
	vmulps	264(%rdx,%r11){1to16}, %zmm27, %zmm21
	vmovups	%zmm21, 320(%rsp)
	vpdpbusd	%zmm19, %zmm26, %zmm11
	prefetcht0	448(%r15,%rcx)
	vmulps	268(%rdx,%r11){1to16}, %zmm27, %zmm19
	vpunpckldq	560(%rdx,%r11){1to16}, %zmm4, %zmm23
	vpdpbusd	%zmm20, %zmm26, %zmm10
	prefetcht1	448(%r8,%rcx)
	vpunpckldq	564(%rdx,%r11){1to16}, %zmm4, %zmm22
	vpunpckldq	568(%rdx,%r11){1to16}, %zmm4, %zmm21
	vpdpbusd	%zmm25, %zmm26, %zmm9
	vpunpckldq	572(%rdx,%r11){1to16}, %zmm4, %zmm20
	#MEMBARRIER
	vmovdqa64	512(%r13,%rbx), %zmm4
	vpbroadcastq	288(%rdx,%r11), %zmm25
	vpdpbusd	%zmm24, %zmm26, %zmm8
	vmovdqa64	%zmm23, %zmm27
	vpdpbusd	%zmm25, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm25, %zmm30, %zmm23
	vpbroadcastq	296(%rdx,%r11), %zmm24
	vmovdqa64	%zmm22, %zmm26
	vpdpbusd	%zmm24, %zmm4, %zmm26
	vpdpbusd	%zmm24, %zmm30, %zmm22
	vpbroadcastq	304(%rdx,%r11), %zmm24
	vmovdqa64	%zmm21, %zmm25
	vpdpbusd	%zmm24, %zmm4, %zmm25
	vpdpbusd	%zmm24, %zmm30, %zmm21
	vpbroadcastq	312(%rdx,%r11), %zmm31
	vmovdqa64	%zmm20, %zmm24
	vpdpbusd	%zmm31, %zmm4, %zmm24
	vpdpbusd	%zmm31, %zmm30, %zmm20
	prefetcht0	512(%r15,%rcx)
	prefetcht1	512(%r8,%rcx)
	#MEMBARRIER
	vmovdqa64	576(%r13,%rbx), %zmm4
	vpbroadcastq	320(%rdx,%r11), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm31
	vpdpbusd	%zmm30, %zmm31, %zmm23
	vpbroadcastq	328(%rdx,%r11), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm26
	vpbroadcastq	336(%rdx,%r11), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm22
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpbroadcastq	344(%rdx,%r11), %zmm30
	vpdpbusd	%zmm30, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm31, %zmm21
	prefetcht0	576(%r15,%rcx)
	prefetcht1	576(%r8,%rcx)
	#MEMBARRIER
	vmovdqa64	640(%r13,%rbx), %zmm4
	vpbroadcastq	352(%rdx,%r11), %zmm28
	vpdpbusd	%zmm30, %zmm31, %zmm20
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	360(%rdx,%r11), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpbroadcastq	368(%rdx,%r11), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm25
	vpdpbusd	%zmm28, %zmm30, %zmm21
	vpbroadcastq	376(%rdx,%r11), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm24
	vpdpbusd	%zmm28, %zmm30, %zmm20
	prefetcht0	640(%r15,%rcx)
	prefetcht1	640(%r8,%rcx)
	#MEMBARRIER
	vmovdqa64	704(%r13,%rbx), %zmm4
	vpbroadcastq	384(%rdx,%r11), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm27
	vpshufd	$177, %zmm4, %zmm30
	vpdpbusd	%zmm28, %zmm30, %zmm23
	vpbroadcastq	392(%rdx,%r11), %zmm28
	vpdpbusd	%zmm28, %zmm4, %zmm26
	vpbroadcastq	400(%rdx,%r11), %zmm31
	vpdpbusd	%zmm28, %zmm30, %zmm22
	vpdpbusd	%zmm31, %zmm4, %zmm25
	vpbroadcastq	408(%rdx,%r11), %zmm28
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
	prefetcht0	704(%r15,%rcx)
	prefetcht1	704(%r8,%rcx)
	#MEMBARRIER
	vpdpbusd	%zmm3, %zmm4, %zmm8
	vmovdqa64	768(%r13,%rbx), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	416(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	424(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpbroadcastq	432(%rdx,%r11), %zmm4
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpdpbusd	%zmm4, %zmm1, %zmm25
	vpdpbusd	%zmm4, %zmm2, %zmm21
	vpbroadcastq	440(%rdx,%r11), %zmm3
	prefetcht0	768(%r15,%rcx)
	prefetcht1	768(%r8,%rcx)
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	#MEMBARRIER
	vmovdqa64	832(%r13,%rbx), %zmm1
	vpshufd	$177, %zmm1, %zmm2
	vpbroadcastq	448(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm27
	vpdpbusd	%zmm3, %zmm2, %zmm23
	vpbroadcastq	456(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm26
	vpdpbusd	%zmm3, %zmm2, %zmm22
	vpbroadcastq	464(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm25
	vpdpbusd	%zmm3, %zmm2, %zmm21
	vpbroadcastq	472(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm1, %zmm24
	vpdpbusd	%zmm3, %zmm2, %zmm20
	vpshufd	$177, %zmm0, %zmm1
	vmovdqu64	256(%rsp), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm12
	vmovdqu64	192(%rsp), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm13
	vmovdqu64	128(%rsp), %zmm4
	vpdpbusd	%zmm4, %zmm0, %zmm14
	vmovdqu64	64(%rsp), %zmm16
	vpdpbusd	%zmm16, %zmm0, %zmm15
	prefetcht0	832(%r15,%rcx)
	prefetcht1	832(%r8,%rcx)
	#MEMBARRIER
	vpdpbusd	%zmm2, %zmm1, %zmm11
	prefetcht0	896(%r15,%rcx)
	vmovdqa64	896(%r13,%rbx), %zmm0
	vpbroadcastq	480(%rdx,%r11), %zmm2
	vpdpbusd	%zmm3, %zmm1, %zmm10
	vpshufd	$177, %zmm0, %zmm3
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpdpbusd	%zmm2, %zmm3, %zmm23
	vpbroadcastq	488(%rdx,%r11), %zmm2
	vpdpbusd	%zmm4, %zmm1, %zmm9
	prefetcht1	896(%r8,%rcx)
	vpdpbusd	%zmm2, %zmm0, %zmm26
	vpdpbusd	%zmm2, %zmm3, %zmm22
	vpbroadcastq	496(%rdx,%r11), %zmm2
	vpdpbusd	%zmm16, %zmm1, %zmm8
	vpdpbusd	%zmm2, %zmm0, %zmm25
	vpdpbusd	%zmm2, %zmm3, %zmm21
	vpbroadcastq	504(%rdx,%r11), %zmm1
	vpdpbusd	%zmm1, %zmm0, %zmm24
	#MEMBARRIER
	vpdpbusd	%zmm1, %zmm3, %zmm20
	vmovdqa64	960(%r13,%rbx), %zmm0
	vpshufd	$177, %zmm0, %zmm1
	vpbroadcastq	512(%rdx,%r11), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm27
	vpbroadcastq	520(%rdx,%r11), %zmm3
	vpdpbusd	%zmm3, %zmm0, %zmm26
	vpbroadcastq	528(%rdx,%r11), %zmm4
	vpdpbusd	%zmm2, %zmm1, %zmm23
	vpdpbusd	%zmm3, %zmm1, %zmm22
	vpbroadcastq	.LCPI0_0(%rip), %zmm3
	vpdpbusd	%zmm4, %zmm0, %zmm25
	vpbroadcastq	536(%rdx,%r11), %zmm2
	vpdpbusd	%zmm2, %zmm0, %zmm24
	vpdpbusd	%zmm4, %zmm1, %zmm21
	vpxor	%xmm4, %xmm4, %xmm4
	vpdpbusd	%zmm2, %zmm1, %zmm20
	vpshufb	.LCPI0_1(%rip), %zmm11, %zmm0
	vmovdqa64	.LCPI0_1(%rip), %zmm11
	vpsllvd	%zmm3, %zmm12, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vmovups	384(%rsp), %zmm12
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
	vmovups	320(%rsp), %zmm8
	vfmadd213ps	%zmm5, %zmm0, %zmm8
	vpaddd	%zmm1, %zmm2, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	prefetcht0	960(%r15,%rcx)
	prefetcht1	960(%r8,%rcx)
	vpshufb	%zmm11, %zmm23, %zmm1
	vfmadd213ps	%zmm29, %zmm0, %zmm19
	vpsllvd	%zmm3, %zmm27, %zmm0
	vmovups	(%rsp), %zmm27
	vpaddd	%zmm1, %zmm0, %zmm0
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm22, %zmm1
	vmulps	544(%rdx,%r11){1to16}, %zmm27, %zmm7
	vpsllvd	%zmm3, %zmm26, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vmulps	548(%rdx,%r11){1to16}, %zmm27, %zmm6
	vfmadd213ps	%zmm12, %zmm0, %zmm7
	vpshufb	%zmm11, %zmm21, %zmm0
	vpsllvd	%zmm3, %zmm25, %zmm2
	vpaddd	%zmm0, %zmm2, %zmm0
	vmulps	552(%rdx,%r11){1to16}, %zmm27, %zmm5
	vfmadd213ps	%zmm18, %zmm1, %zmm6
	vcvtdq2ps	%zmm0, %zmm0
	vpshufb	%zmm11, %zmm20, %zmm1
	vpsllvd	%zmm3, %zmm24, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vcvtdq2ps	%zmm1, %zmm1
	vfmadd213ps	%zmm8, %zmm0, %zmm5
	vmulps	556(%rdx,%r11){1to16}, %zmm27, %zmm29
	vfmadd213ps	%zmm19, %zmm1, %zmm29
	addq	$576, %r11
	addq	$1024, %rbx
	cmpq	$49152, %rbx
	jl	.LBB0_12
	leaq	(%r10,%rbp), %rax
	vaddps	(%rax), %zmm7, %zmm0
	movq	-56(%rsp), %rdx
	vmovups	%zmm0, (%rdx,%rbp)
	movq	-8(%rsp), %rax
	movq	%rax, %rcx
	movq	-16(%rsp), %rdi
	cmpq	-120(%rsp), %rdi
	movq	-72(%rsp), %r8
	jge	.LBB0_3
	leaq	(%r10,%rsi), %rcx
	vaddps	(%rcx), %zmm6, %zmm0
	vmovups	%zmm0, (%rdx,%rsi)
	movq	%rax, %rcx
	movq	-24(%rsp), %rsi
	cmpq	-120(%rsp), %rsi
	jge	.LBB0_3
	leaq	(%r10,%r9), %rcx
	vaddps	(%rcx), %zmm5, %zmm0
	vmovups	%zmm0, (%rdx,%r9)
	movq	%rax, %rcx
	movq	-32(%rsp), %rsi
	cmpq	-120(%rsp), %rsi
	jge	.LBB0_3
	movq	-48(%rsp), %rcx
	vaddps	(%rcx), %zmm29, %zmm0
	movq	-40(%rsp), %rcx
	vmovups	%zmm0, (%rdx,%rcx)
	movq	%rax, %rcx
	jmp	.LBB0_3
.LBB0_17:
	addq	$456, %rsp
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd, .Lfunc_end0-matmul_i8_row_r16_i16_1024x3072_1x4_rows_dc498ab4ac162bdd

	.section	".note.GNU-stack","",@progbits
