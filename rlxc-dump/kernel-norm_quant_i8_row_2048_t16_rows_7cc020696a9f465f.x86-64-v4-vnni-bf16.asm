	.file	"norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x7fffffff
.LCPI0_1:
	.long	0x0d800000
.LCPI0_2:
	.long	0x42fe0000
.LCPI0_3:
	.long	4
.LCPI0_4:
	.long	8
.LCPI0_5:
	.long	12
.LCPI0_6:
	.long	0x4b400000
	.section	.rodata.cst16,"aM",@progbits,16
	.p2align	4, 0x0
.LCPI0_7:
	.long	0
	.long	4
	.long	8
	.long	12
	.text
	.globl	norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f
	.p2align	4
	.type	norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f,@function
norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f:
	pushq	%rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	movq	%rdx, -40(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, -24(%rsp)
	movq	8(%rax), %rax
	movq	%rax, -48(%rsp)
	movq	16(%rcx), %rdi
	vpbroadcastd	.LCPI0_0(%rip), %zmm0
	vbroadcastss	.LCPI0_1(%rip), %zmm1
	vbroadcastss	.LCPI0_2(%rip), %zmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_4(%rip), %zmm4
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vpbroadcastd	.LCPI0_6(%rip), %zmm8
	vmovaps	.LCPI0_7(%rip), %xmm9
	vpxor	%xmm10, %xmm10, %xmm10
	jmp	.LBB0_1
	.p2align	4
.LBB0_32:
	movq	-32(%rsp), %rsi
	incq	%rsi
.LBB0_1:
	cmpq	-40(%rsp), %rsi
	jge	.LBB0_33
	movq	%rsi, %rax
	shlq	$4, %rax
	movq	%rax, -8(%rsp)
	movq	%rsi, -32(%rsp)
	imulq	$32896, %rsi, %rax
	addq	-48(%rsp), %rax
	movq	%rax, -16(%rsp)
	xorl	%esi, %esi
	jmp	.LBB0_3
	.p2align	4
.LBB0_31:
	vshufi64x2	$238, %zmm16, %zmm19, %zmm12
	vinserti64x4	$1, %ymm16, %zmm19, %zmm13
	vpaddd	%zmm12, %zmm13, %zmm12
	vshufi64x2	$238, %zmm18, %zmm17, %zmm13
	vinserti64x4	$1, %ymm18, %zmm17, %zmm14
	vpaddd	%zmm13, %zmm14, %zmm13
	vshufi64x2	$221, %zmm13, %zmm12, %zmm14
	vshufi64x2	$136, %zmm13, %zmm12, %zmm12
	vpaddd	%zmm14, %zmm12, %zmm12
	vpshufd	$78, %zmm12, %zmm13
	vpaddd	%zmm13, %zmm12, %zmm12
	vpshufd	$85, %zmm12, %zmm13
	vpaddd	%zmm13, %zmm12, %zmm12
	vpslld	$7, %zmm12, %zmm12
	vpermps	%zmm11, %zmm9, %zmm11
	vmovups	%xmm11, (%rdx,%rsi,4)
	vpermps	%zmm12, %zmm9, %zmm11
	vpsubd	%xmm11, %xmm10, %xmm11
	vmovdqu	%xmm11, 64(%rdx,%rsi,4)
	addq	$4, %rsi
	cmpq	$16, %rsi
	jge	.LBB0_32
.LBB0_3:
	movq	-8(%rsp), %rcx
	leaq	(%rcx,%rsi), %rbx
	leaq	-1(%rdi), %r8
	cmpq	%r8, %rbx
	movq	%r8, %r14
	cmovlq	%rbx, %r14
	shlq	$13, %r14
	movq	-24(%rsp), %rax
	addq	%rax, %r14
	leaq	(%rcx,%rsi), %r15
	incq	%r15
	cmpq	%r8, %r15
	movq	%r8, %r12
	cmovlq	%r15, %r12
	shlq	$13, %r12
	addq	%rax, %r12
	leaq	(%rcx,%rsi), %r13
	addq	$2, %r13
	cmpq	%r8, %r13
	movq	%r8, %rbp
	cmovlq	%r13, %rbp
	shlq	$13, %rbp
	addq	%rax, %rbp
	addq	%rsi, %rcx
	addq	$3, %rcx
	cmpq	%r8, %rcx
	cmovlq	%rcx, %r8
	shlq	$13, %r8
	addq	%rax, %r8
	vpxor	%xmm14, %xmm14, %xmm14
	xorl	%eax, %eax
	vpxor	%xmm13, %xmm13, %xmm13
	vpxor	%xmm12, %xmm12, %xmm12
	vpxor	%xmm11, %xmm11, %xmm11
	jmp	.LBB0_4
	.p2align	4
.LBB0_15:
	vpxord	%xmm21, %xmm21, %xmm21
	vpxord	%xmm22, %xmm22, %xmm22
.LBB0_16:
	vpandd	%zmm0, %zmm16, %zmm16
	vpandd	%zmm0, %zmm15, %zmm23
	vpcmpgtd	%zmm16, %zmm23, %k1
	vpandd	%zmm0, %zmm15, %zmm16 {%k1}
	vpcmpgtd	%zmm16, %zmm14, %k1
	vmovaps	%zmm14, %zmm16 {%k1}
	vpandd	%zmm0, %zmm18, %zmm15
	vpandd	%zmm0, %zmm17, %zmm14
	vpcmpgtd	%zmm15, %zmm14, %k1
	vpandd	%zmm0, %zmm17, %zmm15 {%k1}
	vpcmpgtd	%zmm15, %zmm13, %k1
	vmovaps	%zmm13, %zmm15 {%k1}
	vpandd	%zmm0, %zmm20, %zmm17
	vpandd	%zmm0, %zmm19, %zmm13
	vpcmpgtd	%zmm17, %zmm13, %k1
	vpandd	%zmm0, %zmm19, %zmm17 {%k1}
	vpcmpgtd	%zmm17, %zmm12, %k1
	vmovaps	%zmm12, %zmm17 {%k1}
	vpandd	%zmm0, %zmm22, %zmm18
	vpandd	%zmm0, %zmm21, %zmm12
	vpcmpgtd	%zmm18, %zmm12, %k1
	vpandd	%zmm0, %zmm21, %zmm18 {%k1}
	vpcmpgtd	%zmm18, %zmm11, %k1
	vmovaps	%zmm11, %zmm18 {%k1}
	subq	$-128, %rax
	vmovaps	%zmm16, %zmm14
	vmovaps	%zmm15, %zmm13
	vmovaps	%zmm17, %zmm12
	vmovaps	%zmm18, %zmm11
	cmpq	$8192, %rax
	jge	.LBB0_17
.LBB0_4:
	cmpq	%rdi, %rbx
	jl	.LBB0_5
	vpxor	%xmm15, %xmm15, %xmm15
	vpxord	%xmm16, %xmm16, %xmm16
	cmpq	%rdi, %r15
	jge	.LBB0_9
.LBB0_8:
	vmovdqu64	(%r12,%rax), %zmm17
	vmovdqu64	64(%r12,%rax), %zmm18
	cmpq	%rdi, %r13
	jge	.LBB0_12
.LBB0_11:
	vmovdqu64	(%rbp,%rax), %zmm19
	vmovdqu64	64(%rbp,%rax), %zmm20
	cmpq	%rdi, %rcx
	jge	.LBB0_15
	jmp	.LBB0_14
	.p2align	4
.LBB0_5:
	vmovdqu64	(%r14,%rax), %zmm15
	vmovdqu64	64(%r14,%rax), %zmm16
	cmpq	%rdi, %r15
	jl	.LBB0_8
.LBB0_9:
	vpxord	%xmm17, %xmm17, %xmm17
	vpxord	%xmm18, %xmm18, %xmm18
	cmpq	%rdi, %r13
	jl	.LBB0_11
.LBB0_12:
	vpxord	%xmm19, %xmm19, %xmm19
	vpxord	%xmm20, %xmm20, %xmm20
	cmpq	%rdi, %rcx
	jge	.LBB0_15
.LBB0_14:
	vmovdqu64	(%r8,%rax), %zmm21
	vmovdqu64	64(%r8,%rax), %zmm22
	jmp	.LBB0_16
	.p2align	4
.LBB0_17:
	vshuff64x2	$238, %zmm15, %zmm16, %zmm11
	vinsertf64x4	$1, %ymm15, %zmm16, %zmm12
	vpcmpgtd	%zmm11, %zmm12, %k1
	vmovaps	%zmm12, %zmm11 {%k1}
	vshuff64x2	$238, %zmm18, %zmm17, %zmm12
	vinsertf64x4	$1, %ymm18, %zmm17, %zmm13
	vpcmpgtd	%zmm12, %zmm13, %k1
	vmovaps	%zmm13, %zmm12 {%k1}
	vshuff64x2	$221, %zmm12, %zmm11, %zmm13
	vshuff64x2	$136, %zmm12, %zmm11, %zmm14
	vpcmpgtd	%zmm13, %zmm14, %k1
	vshuff32x4	$136, %zmm12, %zmm11, %zmm13 {%k1}
	vshufpd	$85, %zmm13, %zmm13, %zmm11
	vpcmpgtd	%zmm11, %zmm13, %k1
	vmovaps	%zmm13, %zmm11 {%k1}
	vshufps	$177, %zmm11, %zmm11, %zmm12
	vpcmpgtd	%zmm12, %zmm11, %k1
	vmovaps	%zmm11, %zmm12 {%k1}
	vdivps	%zmm12, %zmm2, %zmm15
	vcmpltps	%zmm1, %zmm12, %k1
	vdivps	%zmm2, %zmm12, %zmm11
	vmovaps	%zmm7, %zmm11 {%k1}
	vmovaps	%zmm7, %zmm15 {%k1}
	vbroadcastss	%xmm15, %zmm12
	vpermps	%zmm15, %zmm3, %zmm13
	vpermps	%zmm15, %zmm4, %zmm14
	vpermps	%zmm15, %zmm5, %zmm15
	movq	%rsi, %r11
	shlq	$6, %r11
	movq	-16(%rsp), %rdx
	addq	%rdx, %r11
	vxorps	%xmm16, %xmm16, %xmm16
	xorl	%r9d, %r9d
	vpxord	%xmm19, %xmm19, %xmm19
	vxorps	%xmm17, %xmm17, %xmm17
	vxorps	%xmm18, %xmm18, %xmm18
	jmp	.LBB0_18
	.p2align	4
.LBB0_29:
	vpxord	%xmm22, %xmm22, %xmm22
	vpxord	%xmm23, %xmm23, %xmm23
.LBB0_30:
	vmulps	%zmm12, %zmm25, %zmm25
	vaddps	%zmm6, %zmm25, %zmm25
	vpsubd	%zmm8, %zmm25, %zmm25
	vmulps	%zmm12, %zmm24, %zmm24
	vaddps	%zmm6, %zmm24, %zmm24
	vpsubd	%zmm8, %zmm24, %zmm24
	vpaddd	%zmm24, %zmm25, %zmm28
	vpaddd	%zmm28, %zmm19, %zmm19
	vmulps	%zmm13, %zmm27, %zmm27
	vaddps	%zmm6, %zmm27, %zmm27
	vpsubd	%zmm8, %zmm27, %zmm27
	vmulps	%zmm13, %zmm26, %zmm26
	vaddps	%zmm6, %zmm26, %zmm26
	vpsubd	%zmm8, %zmm26, %zmm26
	vpaddd	%zmm26, %zmm27, %zmm28
	movl	%r9d, %eax
	shrl	$2, %eax
	andl	$63, %eax
	movq	%r9, %r10
	andq	$-256, %r10
	leaq	(%r11,%r10,4), %r10
	vpmovdb	%zmm24, 16(%rax,%r10)
	vpaddd	%zmm28, %zmm16, %zmm16
	vmulps	%zmm14, %zmm21, %zmm21
	vpmovdb	%zmm25, (%rax,%r10)
	vaddps	%zmm6, %zmm21, %zmm21
	vpsubd	%zmm8, %zmm21, %zmm21
	vpmovdb	%zmm26, 80(%rax,%r10)
	vmulps	%zmm14, %zmm20, %zmm20
	vaddps	%zmm6, %zmm20, %zmm20
	vpmovdb	%zmm27, 64(%rax,%r10)
	vpsubd	%zmm8, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm21, %zmm24
	vpmovdb	%zmm20, 144(%rax,%r10)
	vmulps	%zmm15, %zmm22, %zmm20
	vmulps	%zmm15, %zmm23, %zmm22
	vpmovdb	%zmm21, 128(%rax,%r10)
	vaddps	%zmm6, %zmm22, %zmm21
	vpsubd	%zmm8, %zmm21, %zmm21
	vpmovdb	%zmm21, 208(%rax,%r10)
	vaddps	%zmm6, %zmm20, %zmm20
	vpsubd	%zmm8, %zmm20, %zmm20
	vpmovdb	%zmm20, 192(%rax,%r10)
	vpaddd	%zmm24, %zmm17, %zmm17
	vpaddd	%zmm21, %zmm20, %zmm20
	vpaddd	%zmm20, %zmm18, %zmm18
	addq	$512, %rdx
	subq	$-128, %r9
	cmpq	$8192, %r9
	jge	.LBB0_31
.LBB0_18:
	cmpq	%rdi, %rbx
	jl	.LBB0_19
	vxorps	%xmm25, %xmm25, %xmm25
	vxorps	%xmm24, %xmm24, %xmm24
	cmpq	%rdi, %r15
	jge	.LBB0_23
.LBB0_22:
	vmovups	(%r12,%r9), %zmm27
	vmovups	64(%r12,%r9), %zmm26
	cmpq	%rdi, %r13
	jge	.LBB0_26
.LBB0_25:
	vmovdqu64	(%rbp,%r9), %zmm21
	vmovdqu64	64(%rbp,%r9), %zmm20
	cmpq	%rdi, %rcx
	jge	.LBB0_29
	jmp	.LBB0_28
	.p2align	4
.LBB0_19:
	vmovups	(%r14,%r9), %zmm25
	vmovups	64(%r14,%r9), %zmm24
	cmpq	%rdi, %r15
	jl	.LBB0_22
.LBB0_23:
	vxorps	%xmm27, %xmm27, %xmm27
	vxorps	%xmm26, %xmm26, %xmm26
	cmpq	%rdi, %r13
	jl	.LBB0_25
.LBB0_26:
	vpxord	%xmm21, %xmm21, %xmm21
	vpxord	%xmm20, %xmm20, %xmm20
	cmpq	%rdi, %rcx
	jge	.LBB0_29
.LBB0_28:
	vmovdqu64	(%r8,%r9), %zmm22
	vmovdqu64	64(%r8,%r9), %zmm23
	jmp	.LBB0_30
.LBB0_33:
	popq	%rbx
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	popq	%rbp
	vzeroupper
	retq
.Lfunc_end0:
	.size	norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f, .Lfunc_end0-norm_quant_i8_row_2048_t16_rows_7cc020696a9f465f

	.section	".note.GNU-stack","",@progbits
