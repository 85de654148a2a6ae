	.file	"norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x3a800000
.LCPI0_1:
	.long	0x358637bd
.LCPI0_2:
	.long	0x3f800000
.LCPI0_3:
	.long	0x7fffffff
.LCPI0_4:
	.long	0x0d800000
.LCPI0_5:
	.long	0x42fe0000
.LCPI0_6:
	.long	4
.LCPI0_7:
	.long	8
.LCPI0_8:
	.long	12
.LCPI0_9:
	.long	0x4b400000
	.section	.rodata.cst16,"aM",@progbits,16
	.p2align	4, 0x0
.LCPI0_10:
	.long	0
	.long	4
	.long	8
	.long	12
	.text
	.globl	norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661
	.p2align	4
	.type	norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661,@function
norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$256, %rsp
	movq	%rdx, 8(%rsp)
	movq	(%rdi), %rax
	movq	8(%rdi), %rdx
	movq	(%rax), %r10
	movq	8(%rax), %rcx
	movq	16(%rax), %rax
	movq	%rax, (%rsp)
	movq	16(%rdx), %r8
	leaq	-1(%r8), %r11
	vmovss	.LCPI0_0(%rip), %xmm4
	vmovss	.LCPI0_1(%rip), %xmm19
	vmovss	.LCPI0_2(%rip), %xmm20
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_5(%rip), %zmm5
	vbroadcastss	.LCPI0_6(%rip), %zmm6
	vbroadcastss	.LCPI0_7(%rip), %zmm7
	vbroadcastss	.LCPI0_8(%rip), %zmm8
	vbroadcastss	.LCPI0_9(%rip), %zmm9
	vxorps	%xmm10, %xmm10, %xmm10
	vpbroadcastd	.LCPI0_9(%rip), %zmm11
	vmovaps	.LCPI0_10(%rip), %xmm12
	vpxor	%xmm13, %xmm13, %xmm13
	movq	%r10, 24(%rsp)
	jmp	.LBB0_1
	.p2align	4
.LBB0_60:
	movq	16(%rsp), %rsi
	incq	%rsi
	vmovss	.LCPI0_0(%rip), %xmm4
	vmovss	.LCPI0_1(%rip), %xmm19
	vmovss	.LCPI0_2(%rip), %xmm20
.LBB0_1:
	cmpq	8(%rsp), %rsi
	jge	.LBB0_61
	movq	%rsi, %rbx
	shlq	$4, %rbx
	xorl	%eax, %eax
	.p2align	4
.LBB0_3:
	leaq	(%rbx,%rax), %rdx
	cmpq	%r11, %rdx
	cmovgeq	%r11, %rdx
	shlq	$12, %rdx
	addq	%r10, %rdx
	vxorps	%xmm0, %xmm0, %xmm0
	xorl	%edi, %edi
	vxorps	%xmm1, %xmm1, %xmm1
	vxorps	%xmm2, %xmm2, %xmm2
	vxorps	%xmm14, %xmm14, %xmm14
	.p2align	4
.LBB0_4:
	vmovups	(%rdx,%rdi), %zmm15
	vmovups	64(%rdx,%rdi), %zmm16
	vmovups	128(%rdx,%rdi), %zmm17
	vmovups	192(%rdx,%rdi), %zmm18
	vfmadd231ps	%zmm15, %zmm15, %zmm0
	vfmadd231ps	%zmm16, %zmm16, %zmm1
	vfmadd231ps	%zmm17, %zmm17, %zmm2
	vfmadd231ps	%zmm18, %zmm18, %zmm14
	addq	$256, %rdi
	cmpq	$4096, %rdi
	jl	.LBB0_4
	vaddps	%zmm1, %zmm0, %zmm0
	vaddps	%zmm14, %zmm2, %zmm1
	vaddps	%zmm1, %zmm0, %zmm0
	vextractf64x4	$1, %zmm0, %ymm1
	vaddps	%ymm1, %ymm0, %ymm0
	vextractf128	$1, %ymm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vshufpd	$1, %xmm0, %xmm0, %xmm1
	vaddps	%xmm1, %xmm0, %xmm0
	vmovshdup	%xmm0, %xmm1
	vaddss	%xmm1, %xmm0, %xmm0
	vmulss	%xmm4, %xmm0, %xmm0
	vaddss	%xmm19, %xmm0, %xmm0
	vsqrtss	%xmm0, %xmm0, %xmm0
	vdivss	%xmm0, %xmm20, %xmm0
	vmovss	%xmm0, 64(%rsp,%rax,4)
	incq	%rax
	cmpq	$16, %rax
	jl	.LBB0_3
	movq	%rsi, 16(%rsp)
	imulq	$16512, %rsi, %rax
	addq	(%rsp), %rax
	movq	%rax, 32(%rsp)
	xorl	%esi, %esi
	movq	%rbx, 40(%rsp)
	jmp	.LBB0_7
	.p2align	4
.LBB0_59:
	vshufi64x2	$238, %zmm23, %zmm26, %zmm0
	vinserti64x4	$1, %ymm23, %zmm26, %zmm1
	vpaddd	%zmm0, %zmm1, %zmm0
	vshufi64x2	$238, %zmm25, %zmm24, %zmm1
	vinserti64x4	$1, %ymm25, %zmm24, %zmm2
	vpaddd	%zmm1, %zmm2, %zmm1
	vshufi64x2	$221, %zmm1, %zmm0, %zmm2
	vshufi64x2	$136, %zmm1, %zmm0, %zmm0
	vpaddd	%zmm2, %zmm0, %zmm0
	vpshufd	$78, %zmm0, %zmm1
	vpaddd	%zmm1, %zmm0, %zmm0
	vpshufd	$85, %zmm0, %zmm1
	vpaddd	%zmm1, %zmm0, %zmm0
	vpslld	$7, %zmm0, %zmm0
	vpermps	%zmm18, %zmm12, %zmm1
	movq	48(%rsp), %rsi
	vmovups	%xmm1, (%rax,%rsi,4)
	vpermps	%zmm0, %zmm12, %zmm0
	vpsubd	%xmm0, %xmm13, %xmm0
	vmovdqu	%xmm0, 64(%rax,%rsi,4)
	addq	$4, %rsi
	cmpq	$16, %rsi
	movq	24(%rsp), %r10
	leaq	-1(%r8), %r11
	movq	40(%rsp), %rbx
	jge	.LBB0_60
.LBB0_7:
	leaq	(%rbx,%rsi), %rax
	cmpq	%r11, %rax
	movq	%r11, %r15
	movq	%rax, 56(%rsp)
	cmovlq	%rax, %r15
	shlq	$12, %r15
	addq	%r10, %r15
	vbroadcastss	64(%rsp,%rsi,4), %zmm14
	leaq	(%rbx,%rsi), %rax
	incq	%rax
	cmpq	%r11, %rax
	movq	%r11, %r13
	movq	%rax, %rdi
	cmovlq	%rax, %r13
	shlq	$12, %r13
	addq	%r10, %r13
	vbroadcastss	68(%rsp,%rsi,4), %zmm15
	leaq	(%rbx,%rsi), %rax
	addq	$2, %rax
	cmpq	%r11, %rax
	movq	%r11, %r9
	movq	%rax, %rdx
	cmovlq	%rax, %r9
	shlq	$12, %r9
	addq	%r10, %r9
	vbroadcastss	72(%rsp,%rsi,4), %zmm16
	leaq	(%rbx,%rsi), %rax
	addq	$3, %rax
	cmpq	%r11, %rax
	movq	%rax, %r12
	cmovlq	%rax, %r11
	shlq	$12, %r11
	vbroadcastss	76(%rsp,%rsi,4), %zmm17
	addq	%r10, %r11
	vpxord	%xmm21, %xmm21, %xmm21
	xorl	%eax, %eax
	vxorps	%xmm20, %xmm20, %xmm20
	vxorps	%xmm19, %xmm19, %xmm19
	vxorps	%xmm18, %xmm18, %xmm18
	jmp	.LBB0_8
	.p2align	4
.LBB0_31:
	vxorps	%xmm25, %xmm25, %xmm25
.LBB0_32:
	vandps	%zmm3, %zmm24, %zmm0
	vandps	%zmm3, %zmm22, %zmm24
	vpcmpgtd	%zmm0, %zmm24, %k1
	vandps	%zmm3, %zmm22, %zmm0 {%k1}
	vpcmpgtd	%zmm0, %zmm21, %k1
	vmovaps	%zmm21, %zmm0 {%k1}
	vandps	%zmm3, %zmm2, %zmm2
	vandps	%zmm3, %zmm23, %zmm21
	vpcmpgtd	%zmm2, %zmm21, %k1
	vandps	%zmm3, %zmm23, %zmm2 {%k1}
	vpcmpgtd	%zmm2, %zmm20, %k1
	vmovaps	%zmm20, %zmm2 {%k1}
	vandps	%zmm3, %zmm27, %zmm22
	vandps	%zmm3, %zmm1, %zmm20
	vpcmpgtd	%zmm22, %zmm20, %k1
	vandps	%zmm3, %zmm1, %zmm22 {%k1}
	vpcmpgtd	%zmm22, %zmm19, %k1
	vmovaps	%zmm19, %zmm22 {%k1}
	vandps	%zmm3, %zmm25, %zmm1
	vandps	%zmm3, %zmm26, %zmm19
	vpcmpgtd	%zmm1, %zmm19, %k1
	vandps	%zmm3, %zmm26, %zmm1 {%k1}
	vpcmpgtd	%zmm1, %zmm18, %k1
	vmovaps	%zmm18, %zmm1 {%k1}
	subq	$-128, %rax
	vmovaps	%zmm0, %zmm21
	vmovaps	%zmm2, %zmm20
	vmovaps	%zmm22, %zmm19
	vmovaps	%zmm1, %zmm18
	cmpq	$4096, %rax
	jge	.LBB0_33
.LBB0_8:
	vmovups	(%rcx,%rax), %zmm0
	leaq	(%rbx,%rsi), %r14
	cmpq	%r8, %r14
	jl	.LBB0_9
	vxorps	%xmm22, %xmm22, %xmm22
	vmovups	64(%rcx,%rax), %zmm25
	jge	.LBB0_13
.LBB0_12:
	vmulps	64(%r15,%rax), %zmm14, %zmm1
	vmulps	%zmm25, %zmm1, %zmm24
	cmpq	%r8, %rdi
	jge	.LBB0_16
.LBB0_15:
	vmulps	(%r13,%rax), %zmm15, %zmm1
	vmulps	%zmm0, %zmm1, %zmm23
	jge	.LBB0_19
.LBB0_18:
	vmulps	64(%r13,%rax), %zmm15, %zmm1
	vmulps	%zmm25, %zmm1, %zmm2
	cmpq	%r8, %rdx
	jge	.LBB0_22
.LBB0_21:
	vmulps	(%r9,%rax), %zmm16, %zmm1
	vmulps	%zmm0, %zmm1, %zmm1
	jge	.LBB0_25
.LBB0_24:
	vmulps	64(%r9,%rax), %zmm16, %zmm26
	vmulps	%zmm25, %zmm26, %zmm27
	cmpq	%r8, %r12
	jge	.LBB0_28
.LBB0_27:
	vmulps	(%r11,%rax), %zmm17, %zmm26
	vmulps	%zmm0, %zmm26, %zmm26
	jge	.LBB0_31
	jmp	.LBB0_30
	.p2align	4
.LBB0_9:
	vmulps	(%r15,%rax), %zmm14, %zmm1
	vmulps	%zmm0, %zmm1, %zmm22
	vmovups	64(%rcx,%rax), %zmm25
	jl	.LBB0_12
.LBB0_13:
	vxorps	%xmm24, %xmm24, %xmm24
	cmpq	%r8, %rdi
	jl	.LBB0_15
.LBB0_16:
	vxorps	%xmm23, %xmm23, %xmm23
	jl	.LBB0_18
.LBB0_19:
	vxorps	%xmm2, %xmm2, %xmm2
	cmpq	%r8, %rdx
	jl	.LBB0_21
.LBB0_22:
	vxorps	%xmm1, %xmm1, %xmm1
	jl	.LBB0_24
.LBB0_25:
	vxorps	%xmm27, %xmm27, %xmm27
	cmpq	%r8, %r12
	jl	.LBB0_27
.LBB0_28:
	vxorps	%xmm26, %xmm26, %xmm26
	jge	.LBB0_31
.LBB0_30:
	vmulps	64(%r11,%rax), %zmm17, %zmm0
	vmulps	%zmm25, %zmm0, %zmm25
	jmp	.LBB0_32
	.p2align	4
.LBB0_33:
	vshuff64x2	$238, %zmm2, %zmm0, %zmm18
	vinsertf64x4	$1, %ymm2, %zmm0, %zmm0
	vpcmpgtd	%zmm18, %zmm0, %k1
	vmovaps	%zmm0, %zmm18 {%k1}
	vshuff64x2	$238, %zmm1, %zmm22, %zmm0
	vinsertf64x4	$1, %ymm1, %zmm22, %zmm1
	vpcmpgtd	%zmm0, %zmm1, %k1
	vmovaps	%zmm1, %zmm0 {%k1}
	vshuff64x2	$221, %zmm0, %zmm18, %zmm1
	vshuff64x2	$136, %zmm0, %zmm18, %zmm2
	vpcmpgtd	%zmm1, %zmm2, %k1
	vshuff32x4	$136, %zmm0, %zmm18, %zmm1 {%k1}
	vshufpd	$85, %zmm1, %zmm1, %zmm0
	vpcmpgtd	%zmm0, %zmm1, %k1
	vmovaps	%zmm1, %zmm0 {%k1}
	vshufps	$177, %zmm0, %zmm0, %zmm1
	vpcmpgtd	%zmm1, %zmm0, %k1
	vmovaps	%zmm0, %zmm1 {%k1}
	vdivps	%zmm1, %zmm5, %zmm0
	vcmpltps	.LCPI0_4(%rip){1to16}, %zmm1, %k1
	vdivps	%zmm5, %zmm1, %zmm18
	vmovaps	%zmm10, %zmm18 {%k1}
	vmovaps	%zmm10, %zmm0 {%k1}
	vbroadcastss	%xmm0, %zmm19
	vpermps	%zmm0, %zmm6, %zmm20
	vpermps	%zmm0, %zmm7, %zmm21
	vpermps	%zmm0, %zmm8, %zmm22
	movq	%rsi, 48(%rsp)
	movq	%rsi, %rbx
	shlq	$6, %rbx
	movq	32(%rsp), %rax
	addq	%rax, %rbx
	vxorps	%xmm23, %xmm23, %xmm23
	xorl	%r14d, %r14d
	vxorps	%xmm26, %xmm26, %xmm26
	vpxord	%xmm24, %xmm24, %xmm24
	vxorps	%xmm25, %xmm25, %xmm25
	jmp	.LBB0_34
	.p2align	4
.LBB0_57:
	vxorps	%xmm29, %xmm29, %xmm29
.LBB0_58:
	vmulps	%zmm19, %zmm28, %zmm4
	vaddps	%zmm9, %zmm4, %zmm4
	vpsubd	%zmm11, %zmm4, %zmm4
	vmulps	%zmm19, %zmm31, %zmm28
	vaddps	%zmm9, %zmm28, %zmm28
	vpsubd	%zmm11, %zmm28, %zmm28
	vpaddd	%zmm28, %zmm4, %zmm31
	vpaddd	%zmm31, %zmm26, %zmm26
	vmulps	%zmm20, %zmm1, %zmm1
	vaddps	%zmm9, %zmm1, %zmm1
	vpsubd	%zmm11, %zmm1, %zmm1
	vmulps	%zmm20, %zmm2, %zmm2
	vaddps	%zmm9, %zmm2, %zmm2
	vpsubd	%zmm11, %zmm2, %zmm2
	vpaddd	%zmm2, %zmm1, %zmm31
	movl	%r14d, %r10d
	shrl	$2, %r10d
	andl	$63, %r10d
	movq	%r14, %rsi
	andq	$-256, %rsi
	leaq	(%rbx,%rsi,4), %rsi
	vpmovdb	%zmm28, 16(%r10,%rsi)
	vpaddd	%zmm31, %zmm23, %zmm23
	vmulps	%zmm21, %zmm27, %zmm27
	vpmovdb	%zmm4, (%r10,%rsi)
	vaddps	%zmm9, %zmm27, %zmm4
	vpsubd	%zmm11, %zmm4, %zmm4
	vpmovdb	%zmm2, 80(%r10,%rsi)
	vmulps	%zmm21, %zmm30, %zmm2
	vaddps	%zmm9, %zmm2, %zmm2
	vpmovdb	%zmm1, 64(%r10,%rsi)
	vpsubd	%zmm11, %zmm2, %zmm1
	vpaddd	%zmm1, %zmm4, %zmm2
	vpmovdb	%zmm1, 144(%r10,%rsi)
	vmulps	%zmm22, %zmm0, %zmm0
	vmulps	%zmm22, %zmm29, %zmm1
	vpmovdb	%zmm4, 128(%r10,%rsi)
	vaddps	%zmm9, %zmm1, %zmm1
	vpsubd	%zmm11, %zmm1, %zmm1
	vpmovdb	%zmm1, 208(%r10,%rsi)
	vaddps	%zmm9, %zmm0, %zmm0
	vpsubd	%zmm11, %zmm0, %zmm0
	vpmovdb	%zmm0, 192(%r10,%rsi)
	vpaddd	%zmm2, %zmm24, %zmm24
	vpaddd	%zmm1, %zmm0, %zmm0
	vpaddd	%zmm0, %zmm25, %zmm25
	addq	$512, %rax
	subq	$-128, %r14
	cmpq	$4096, %r14
	jge	.LBB0_59
.LBB0_34:
	vmovups	(%rcx,%r14), %zmm0
	vmovups	64(%rcx,%r14), %zmm29
	cmpq	%r8, 56(%rsp)
	jl	.LBB0_35
	vxorps	%xmm28, %xmm28, %xmm28
	jge	.LBB0_39
.LBB0_38:
	vmulps	64(%r15,%r14), %zmm14, %zmm1
	vmulps	%zmm29, %zmm1, %zmm31
	cmpq	%r8, %rdi
	jge	.LBB0_42
.LBB0_41:
	vmulps	(%r13,%r14), %zmm15, %zmm1
	vmulps	%zmm0, %zmm1, %zmm1
	jge	.LBB0_45
.LBB0_44:
	vmulps	64(%r13,%r14), %zmm15, %zmm2
	vmulps	%zmm29, %zmm2, %zmm2
	cmpq	%r8, %rdx
	jge	.LBB0_48
.LBB0_47:
	vmulps	(%r9,%r14), %zmm16, %zmm27
	vmulps	%zmm0, %zmm27, %zmm27
	jge	.LBB0_51
.LBB0_50:
	vmulps	64(%r9,%r14), %zmm16, %zmm30
	vmulps	%zmm29, %zmm30, %zmm30
	cmpq	%r8, %r12
	jge	.LBB0_54
.LBB0_53:
	vmulps	(%r11,%r14), %zmm17, %zmm4
	vmulps	%zmm0, %zmm4, %zmm0
	jge	.LBB0_57
	jmp	.LBB0_56
	.p2align	4
.LBB0_35:
	vmulps	(%r15,%r14), %zmm14, %zmm1
	vmulps	%zmm0, %zmm1, %zmm28
	jl	.LBB0_38
.LBB0_39:
	vxorps	%xmm31, %xmm31, %xmm31
	cmpq	%r8, %rdi
	jl	.LBB0_41
.LBB0_42:
	vxorps	%xmm1, %xmm1, %xmm1
	jl	.LBB0_44
.LBB0_45:
	vxorpd	%xmm2, %xmm2, %xmm2
	cmpq	%r8, %rdx
	jl	.LBB0_47
.LBB0_48:
	vxorps	%xmm27, %xmm27, %xmm27
	jl	.LBB0_50
.LBB0_51:
	vxorps	%xmm30, %xmm30, %xmm30
	cmpq	%r8, %r12
	jl	.LBB0_53
.LBB0_54:
	vxorps	%xmm0, %xmm0, %xmm0
	jge	.LBB0_57
.LBB0_56:
	vmulps	64(%r11,%r14), %zmm17, %zmm4
	vmulps	%zmm29, %zmm4, %zmm29
	jmp	.LBB0_58
.LBB0_61:
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
	.size	norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661, .Lfunc_end0-norm_quant_i8_row_1024_t16_rows_e5ba234add4e0661

	.section	".note.GNU-stack","",@progbits
