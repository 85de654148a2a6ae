	.file	"kv_write_f16_16x8x128_rows_175b518425691e25"
	.section	.rodata.cst4,"aM",@progbits,4
	.p2align	2, 0x0
.LCPI0_0:
	.long	0x3c000000
.LCPI0_1:
	.long	0x358637bd
.LCPI0_2:
	.long	0x3f800000
.LCPI0_3:
	.long	0xc77fe000
.LCPI0_4:
	.long	0x477fe000
	.text
	.globl	kv_write_f16_16x8x128_rows_175b518425691e25
	.p2align	4
	.type	kv_write_f16_16x8x128_rows_175b518425691e25,@function
kv_write_f16_16x8x128_rows_175b518425691e25:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$1024, %rsp
	movq	%rdx, %r9
	movq	%rsi, %r11
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 56(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, 8(%rsp)
	movq	16(%rax), %r15
	movq	24(%rax), %r10
	movq	32(%rax), %rdx
	movq	%rdx, 24(%rsp)
	movq	40(%rax), %rbx
	movq	48(%rax), %r14
	movq	56(%rax), %rdx
	movq	64(%rax), %rsi
	movq	%rsi, 40(%rsp)
	movq	16(%rcx), %r12
	movq	(%rdx), %rdx
	movq	80(%rax), %rcx
	movq	%rcx, 16(%rsp)
	movq	72(%rax), %r13
	movq	%rdx, (%rsp)
	addq	%rdx, %r13
	vmovaps	384(%rsp), %zmm5
	vmovaps	448(%rsp), %zmm7
	vmovaps	512(%rsp), %zmm9
	vmovaps	576(%rsp), %zmm11
	vmovaps	640(%rsp), %zmm6
	vmovaps	704(%rsp), %zmm8
	vmovaps	768(%rsp), %zmm10
	vmovaps	832(%rsp), %zmm12
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm1
	vmovss	.LCPI0_2(%rip), %xmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_4(%rip), %zmm4
	movq	%r11, %rdi
	cmpq	%r9, %rdi
	jge	.LBB0_2
	.p2align	4
.LBB0_5:
	movq	%rdi, %rax
	orq	%r12, %rax
	shrq	$32, %rax
	je	.LBB0_6
	movq	%rdi, %rax
	xorl	%edx, %edx
	divq	%r12
	jmp	.LBB0_8
	.p2align	4
.LBB0_6:
	movl	%edi, %eax
	xorl	%edx, %edx
	divl	%r12d
.LBB0_8:
	movq	24(%rsp), %rcx
	movl	(%rcx,%rdx,4), %r8d
	movq	%r8, %rcx
	shlq	$9, %rcx
	movq	%rax, %rsi
	shlq	$9, %rsi
	shlq	$14, %rdx
	addq	8(%rsp), %rdx
	prefetcht0	49152(%rsi,%rdx)
	prefetcht0	49216(%rsi,%rdx)
	prefetcht0	49280(%rsi,%rdx)
	prefetcht0	49344(%rsi,%rdx)
	prefetcht0	49408(%rsi,%rdx)
	prefetcht0	49472(%rsi,%rdx)
	prefetcht0	49536(%rsi,%rdx)
	prefetcht0	49600(%rsi,%rdx)
	addq	%rsi, %rdx
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%esi, %esi
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	.p2align	4
.LBB0_9:
	vmovups	(%rdx,%rsi), %zmm9
	vmovups	64(%rdx,%rsi), %zmm10
	vmovups	128(%rdx,%rsi), %zmm11
	vmovups	192(%rdx,%rsi), %zmm12
	vfmadd231ps	%zmm9, %zmm9, %zmm5
	vfmadd231ps	%zmm10, %zmm10, %zmm6
	vfmadd231ps	%zmm11, %zmm11, %zmm7
	vfmadd231ps	%zmm12, %zmm12, %zmm8
	addq	$256, %rsi
	cmpq	$512, %rsi
	jl	.LBB0_9
	vaddps	%zmm6, %zmm5, %zmm5
	vaddps	%zmm8, %zmm7, %zmm6
	vaddps	%zmm6, %zmm5, %zmm5
	vextractf64x4	$1, %zmm5, %ymm6
	vaddps	%ymm6, %ymm5, %ymm5
	vextractf128	$1, %ymm5, %xmm6
	vaddps	%xmm6, %xmm5, %xmm5
	vshufpd	$1, %xmm5, %xmm5, %xmm6
	vaddps	%xmm6, %xmm5, %xmm5
	vmovshdup	%xmm5, %xmm6
	vaddss	%xmm6, %xmm5, %xmm5
	vmulss	%xmm0, %xmm5, %xmm5
	vaddss	%xmm1, %xmm5, %xmm5
	vsqrtss	%xmm5, %xmm5, %xmm5
	vdivss	%xmm5, %xmm2, %xmm5
	vbroadcastss	%xmm5, %zmm5
	vmulps	(%rdx), %zmm5, %zmm6
	vmulps	(%r14), %zmm6, %zmm6
	vmulps	64(%rdx), %zmm5, %zmm7
	vmulps	64(%r14), %zmm7, %zmm8
	vmulps	128(%rdx), %zmm5, %zmm7
	vmulps	128(%r14), %zmm7, %zmm10
	vmulps	192(%rdx), %zmm5, %zmm7
	vmulps	192(%r14), %zmm7, %zmm12
	vmulps	256(%rdx), %zmm5, %zmm7
	vmulps	256(%r14), %zmm7, %zmm7
	vmulps	320(%rdx), %zmm5, %zmm9
	vmulps	320(%r14), %zmm9, %zmm9
	vmulps	384(%rdx), %zmm5, %zmm11
	vmulps	384(%r14), %zmm11, %zmm11
	vmulps	448(%rdx), %zmm5, %zmm5
	vmulps	448(%r14), %zmm5, %zmm13
	vmovups	256(%r10,%rcx), %zmm14
	vmulps	%zmm14, %zmm7, %zmm5
	vmovups	(%r10,%rcx), %zmm15
	vmovups	64(%r10,%rcx), %zmm16
	vmovups	128(%r10,%rcx), %zmm17
	vmovups	192(%r10,%rcx), %zmm18
	vfmsub231ps	%zmm15, %zmm6, %zmm5
	vmulps	%zmm14, %zmm6, %zmm6
	vmovups	320(%r10,%rcx), %zmm14
	vfmadd231ps	%zmm15, %zmm7, %zmm6
	vmulps	%zmm14, %zmm9, %zmm7
	vfmsub231ps	%zmm16, %zmm8, %zmm7
	vmulps	%zmm14, %zmm8, %zmm8
	vmovups	384(%r10,%rcx), %zmm14
	vfmadd231ps	%zmm16, %zmm9, %zmm8
	vmulps	%zmm14, %zmm11, %zmm9
	vfmsub231ps	%zmm17, %zmm10, %zmm9
	vmulps	%zmm14, %zmm10, %zmm10
	vmovups	448(%r10,%rcx), %zmm14
	vfmadd231ps	%zmm17, %zmm11, %zmm10
	vmulps	%zmm14, %zmm13, %zmm11
	vfmsub231ps	%zmm18, %zmm12, %zmm11
	vmulps	%zmm14, %zmm12, %zmm12
	vfmadd231ps	%zmm18, %zmm13, %zmm12
	movl	%r8d, %ecx
	andl	$15, %ecx
	shrl	$4, %r8d
	vmaxps	%zmm5, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 64(%rsp)
	leaq	(%rax,%rax,4), %rax
	vmaxps	%zmm7, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 96(%rsp)
	shlq	$9, %rax
	vmaxps	%zmm9, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 128(%rsp)
	addq	%r8, %rax
	vmaxps	%zmm11, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 160(%rsp)
	shlq	$12, %rax
	vmaxps	%zmm6, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 192(%rsp)
	addq	%r13, %rax
	vmaxps	%zmm8, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 224(%rsp)
	leaq	(%rax,%rcx,2), %rax
	vmaxps	%zmm10, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 256(%rsp)
	vmaxps	%zmm12, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 288(%rsp)
	xorl	%ecx, %ecx
	.p2align	4
.LBB0_11:
	movq	%rcx, %rdx
	shlq	$4, %rdx
	movzwl	64(%rsp,%rcx), %esi
	movw	%si, (%rax,%rdx)
	movzwl	66(%rsp,%rcx), %esi
	movw	%si, 32(%rax,%rdx)
	movzwl	68(%rsp,%rcx), %esi
	movw	%si, 64(%rax,%rdx)
	movzwl	70(%rsp,%rcx), %esi
	movw	%si, 96(%rax,%rdx)
	movzwl	72(%rsp,%rcx), %esi
	movw	%si, 128(%rax,%rdx)
	movzwl	74(%rsp,%rcx), %esi
	movw	%si, 160(%rax,%rdx)
	movzwl	76(%rsp,%rcx), %esi
	movw	%si, 192(%rax,%rdx)
	movzwl	78(%rsp,%rcx), %esi
	movw	%si, 224(%rax,%rdx)
	addq	$16, %rcx
	cmpq	$256, %rcx
	jl	.LBB0_11
	incq	%rdi
	cmpq	%r9, %rdi
	jl	.LBB0_5
.LBB0_2:
	vmovaps	%zmm5, 384(%rsp)
	vmovaps	%zmm7, 448(%rsp)
	vmovaps	%zmm9, 512(%rsp)
	vmovaps	%zmm11, 576(%rsp)
	vmovaps	%zmm6, 640(%rsp)
	vmovaps	%zmm8, 704(%rsp)
	vmovaps	%zmm10, 768(%rsp)
	vmovaps	%zmm12, 832(%rsp)
	movq	(%rsp), %rax
	addq	%rax, 16(%rsp)
	movq	%r9, (%rsp)
	movq	%r12, 32(%rsp)
	movq	%r15, 48(%rsp)
	cmpq	%r9, %r11
	jge	.LBB0_4
	.p2align	4
.LBB0_13:
	movq	%r11, %rax
	orq	%r12, %rax
	shrq	$32, %rax
	movq	%r11, 8(%rsp)
	je	.LBB0_14
	movq	%r11, %rax
	xorl	%edx, %edx
	divq	%r12
	jmp	.LBB0_16
	.p2align	4
.LBB0_14:
	movl	%r11d, %eax
	xorl	%edx, %edx
	divl	%r12d
.LBB0_16:
	movq	24(%rsp), %rcx
	movl	(%rcx,%rdx,4), %r8d
	movq	%r8, %rdi
	shlq	$9, %rdi
	movq	%rax, %r14
	shlq	$9, %r14
	movq	%rax, %rcx
	shlq	$10, %rcx
	movq	%rdx, %r13
	shlq	$14, %r13
	movq	56(%rsp), %r11
	leaq	(%r11,%r13), %rsi
	addq	$49152, %rsi
	prefetcht0	(%rcx,%rsi)
	prefetcht0	64(%rcx,%rsi)
	prefetcht0	128(%rcx,%rsi)
	prefetcht0	192(%rcx,%rsi)
	prefetcht0	256(%rcx,%rsi)
	prefetcht0	320(%rcx,%rsi)
	prefetcht0	384(%rcx,%rsi)
	prefetcht0	448(%rcx,%rsi)
	prefetcht0	512(%rcx,%rsi)
	prefetcht0	576(%rcx,%rsi)
	prefetcht0	640(%rcx,%rsi)
	prefetcht0	704(%rcx,%rsi)
	prefetcht0	768(%rcx,%rsi)
	prefetcht0	832(%rcx,%rsi)
	prefetcht0	896(%rcx,%rsi)
	prefetcht0	960(%rcx,%rsi)
	leaq	49152(%r15,%r13), %rcx
	prefetcht0	(%r14,%rcx)
	prefetcht0	64(%r14,%rcx)
	prefetcht0	128(%r14,%rcx)
	prefetcht0	192(%r14,%rcx)
	prefetcht0	256(%r14,%rcx)
	prefetcht0	320(%r14,%rcx)
	prefetcht0	384(%r14,%rcx)
	prefetcht0	448(%r14,%rcx)
	leaq	(%rax,%rax), %r9
	addq	%r13, %r11
	shlq	$13, %rdx
	addq	40(%rsp), %rdx
	xorl	%ecx, %ecx
	.p2align	4
.LBB0_17:
	leaq	(%r9,%rcx), %r15
	shlq	$9, %r15
	leaq	(%r11,%r15), %rsi
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%r12d, %r12d
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	.p2align	4
.LBB0_18:
	vmovups	(%rsi,%r12), %zmm9
	vmovups	64(%rsi,%r12), %zmm10
	vmovups	128(%rsi,%r12), %zmm11
	vmovups	192(%rsi,%r12), %zmm12
	vfmadd231ps	%zmm9, %zmm9, %zmm5
	vfmadd231ps	%zmm10, %zmm10, %zmm6
	vfmadd231ps	%zmm11, %zmm11, %zmm7
	vfmadd231ps	%zmm12, %zmm12, %zmm8
	addq	$256, %r12
	cmpq	$512, %r12
	jl	.LBB0_18
	vaddps	%zmm6, %zmm5, %zmm5
	vaddps	%zmm8, %zmm7, %zmm6
	vaddps	%zmm6, %zmm5, %zmm5
	vextractf64x4	$1, %zmm5, %ymm6
	vaddps	%ymm6, %ymm5, %ymm5
	vextractf128	$1, %ymm5, %xmm6
	vaddps	%xmm6, %xmm5, %xmm5
	vshufpd	$1, %xmm5, %xmm5, %xmm6
	vaddps	%xmm6, %xmm5, %xmm5
	vmovshdup	%xmm5, %xmm6
	vaddss	%xmm6, %xmm5, %xmm5
	vmulss	%xmm0, %xmm5, %xmm5
	vaddss	%xmm1, %xmm5, %xmm5
	vsqrtss	%xmm5, %xmm5, %xmm5
	vdivss	%xmm5, %xmm2, %xmm5
	vbroadcastss	%xmm5, %zmm5
	vmulps	(%rsi), %zmm5, %zmm6
	vmulps	(%rbx), %zmm6, %zmm6
	vmulps	64(%rsi), %zmm5, %zmm7
	vmulps	64(%rbx), %zmm7, %zmm8
	vmulps	128(%rsi), %zmm5, %zmm7
	vmulps	128(%rbx), %zmm7, %zmm10
	vmulps	192(%rsi), %zmm5, %zmm7
	vmulps	192(%rbx), %zmm7, %zmm12
	vmulps	256(%rsi), %zmm5, %zmm7
	vmulps	256(%rbx), %zmm7, %zmm7
	vmulps	320(%rsi), %zmm5, %zmm9
	vmulps	320(%rbx), %zmm9, %zmm9
	vmulps	384(%rsi), %zmm5, %zmm11
	vmulps	384(%rbx), %zmm11, %zmm11
	vmulps	448(%rsi), %zmm5, %zmm5
	vmulps	448(%rbx), %zmm5, %zmm13
	vmovups	256(%r10,%rdi), %zmm14
	vmovups	(%r10,%rdi), %zmm15
	vmovups	64(%r10,%rdi), %zmm16
	vmovups	128(%r10,%rdi), %zmm17
	vmulps	%zmm14, %zmm7, %zmm5
	vmovups	192(%r10,%rdi), %zmm18
	vfmsub231ps	%zmm15, %zmm6, %zmm5
	vmulps	%zmm14, %zmm6, %zmm6
	vfmadd231ps	%zmm15, %zmm7, %zmm6
	vmovups	320(%r10,%rdi), %zmm14
	vmulps	%zmm14, %zmm9, %zmm7
	vfmsub231ps	%zmm16, %zmm8, %zmm7
	vmulps	%zmm14, %zmm8, %zmm8
	vfmadd231ps	%zmm16, %zmm9, %zmm8
	vmovups	384(%r10,%rdi), %zmm14
	vmulps	%zmm14, %zmm11, %zmm9
	vfmsub231ps	%zmm17, %zmm10, %zmm9
	vmulps	%zmm14, %zmm10, %zmm10
	vfmadd231ps	%zmm17, %zmm11, %zmm10
	vmovups	448(%r10,%rdi), %zmm14
	vmulps	%zmm14, %zmm13, %zmm11
	vfmsub231ps	%zmm18, %zmm12, %zmm11
	vmulps	%zmm14, %zmm12, %zmm12
	vfmadd231ps	%zmm18, %zmm13, %zmm12
	vmovups	%zmm5, (%rdx,%r15)
	vmovups	%zmm7, 64(%rdx,%r15)
	vmovups	%zmm9, 128(%rdx,%r15)
	vmovups	%zmm11, 192(%rdx,%r15)
	vmovups	%zmm6, 256(%rdx,%r15)
	vmovups	%zmm8, 320(%rdx,%r15)
	vmovups	%zmm10, 384(%rdx,%r15)
	vmovups	%zmm12, 448(%rdx,%r15)
	incq	%rcx
	cmpq	$2, %rcx
	jl	.LBB0_17
	movq	48(%rsp), %r15
	addq	%r15, %r13
	leaq	(%rax,%rax,4), %rax
	shlq	$13, %rax
	addq	%rax, %r8
	shlq	$8, %r8
	vmaxps	(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	movq	16(%rsp), %rax
	vcvtps2ph	$4, %zmm13, (%rax,%r8)
	vmaxps	64(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 32(%rax,%r8)
	vmaxps	128(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 64(%rax,%r8)
	vmaxps	192(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 96(%rax,%r8)
	vmaxps	256(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 128(%rax,%r8)
	vmaxps	320(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 160(%rax,%r8)
	vmaxps	384(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 192(%rax,%r8)
	vmaxps	448(%r14,%r13), %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 224(%rax,%r8)
	movq	8(%rsp), %r11
	incq	%r11
	movq	(%rsp), %r9
	movq	32(%rsp), %r12
	cmpq	%r9, %r11
	jl	.LBB0_13
.LBB0_4:
	vmovaps	%zmm5, 384(%rsp)
	vmovaps	%zmm7, 448(%rsp)
	vmovaps	%zmm9, 512(%rsp)
	vmovaps	%zmm11, 576(%rsp)
	vmovaps	%zmm6, 640(%rsp)
	vmovaps	%zmm8, 704(%rsp)
	vmovaps	%zmm10, 768(%rsp)
	vmovaps	%zmm12, 832(%rsp)
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
	.size	kv_write_f16_16x8x128_rows_175b518425691e25, .Lfunc_end0-kv_write_f16_16x8x128_rows_175b518425691e25

	.section	".note.GNU-stack","",@progbits
