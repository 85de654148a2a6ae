	.file	"kv_write_f16_16x8x128_rows_804a29557f492e55"
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
	.globl	kv_write_f16_16x8x128_rows_804a29557f492e55
	.p2align	4
	.type	kv_write_f16_16x8x128_rows_804a29557f492e55,@function
kv_write_f16_16x8x128_rows_804a29557f492e55:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%rbx
	andq	$-64, %rsp
	subq	$1088, %rsp
	movq	%rdx, %r8
	movq	(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	(%rax), %rdx
	movq	%rdx, 104(%rsp)
	movq	8(%rax), %rdx
	movq	%rdx, 96(%rsp)
	movq	16(%rax), %rdx
	movq	%rdx, 88(%rsp)
	movq	24(%rax), %r11
	movq	32(%rax), %r9
	movq	40(%rax), %r14
	movq	48(%rax), %rdx
	movq	%rdx, 72(%rsp)
	movq	56(%rax), %rdx
	movq	(%rdx), %r10
	movq	72(%rax), %r15
	addq	%r10, %r15
	addq	80(%rax), %r10
	movq	64(%rax), %rdx
	movq	%rdx, 48(%rsp)
	movq	88(%rax), %rax
	movq	%rax, 40(%rsp)
	movq	16(%rcx), %rbx
	movq	%rsi, %rdi
	jmp	.LBB0_1
	.p2align	4
.LBB0_7:
	movq	%rdi, %rax
	xorl	%edx, %edx
	divq	%rbx
.LBB0_8:
	movl	(%r9,%rdx,4), %ecx
	leaq	(%rax,%rax,4), %rax
	movq	%rax, %rdx
	shlq	$13, %rax
	addq	%rcx, %rax
	shrl	$4, %ecx
	shlq	$9, %rdx
	addq	%rcx, %rdx
	shlq	$12, %rdx
	prefetcht0	(%r15,%rdx)
	shlq	$8, %rax
	prefetcht0	(%r10,%rax)
	incq	%rdi
.LBB0_1:
	cmpq	%r8, %rdi
	jge	.LBB0_2
	movq	%rdi, %rax
	orq	%rbx, %rax
	shrq	$32, %rax
	jne	.LBB0_7
	movl	%edi, %eax
	xorl	%edx, %edx
	divl	%ebx
	jmp	.LBB0_8
.LBB0_2:
	vmovaps	448(%rsp), %zmm5
	vmovaps	512(%rsp), %zmm7
	vmovaps	576(%rsp), %zmm9
	vmovaps	640(%rsp), %zmm11
	vmovaps	704(%rsp), %zmm6
	vmovaps	768(%rsp), %zmm8
	vmovaps	832(%rsp), %zmm10
	vmovaps	896(%rsp), %zmm12
	vmovss	.LCPI0_0(%rip), %xmm0
	vmovss	.LCPI0_1(%rip), %xmm1
	vmovss	.LCPI0_2(%rip), %xmm2
	vbroadcastss	.LCPI0_3(%rip), %zmm3
	vbroadcastss	.LCPI0_4(%rip), %zmm4
	movq	%r8, 112(%rsp)
	movq	%r10, 64(%rsp)
	movq	%rbx, 32(%rsp)
	movq	%r9, 80(%rsp)
	movq	%r15, 56(%rsp)
	cmpq	%r8, %rsi
	jge	.LBB0_4
	.p2align	4
.LBB0_9:
	movq	%rsi, %rax
	orq	%rbx, %rax
	shrq	$32, %rax
	movq	%rsi, 120(%rsp)
	je	.LBB0_10
	movq	%rsi, %rax
	xorl	%edx, %edx
	divq	%rbx
	movq	%rdx, %r13
	jmp	.LBB0_12
	.p2align	4
.LBB0_10:
	movl	%esi, %eax
	xorl	%edx, %edx
	divl	%ebx
	movl	%edx, %r13d
.LBB0_12:
	movl	(%r9,%r13,4), %r8d
	movq	%r8, %rdi
	shlq	$9, %rdi
	leaq	(%rax,%rax), %rbx
	movq	%r13, %rdx
	shlq	$14, %rdx
	movq	104(%rsp), %rcx
	addq	%rdx, %rcx
	movq	%r13, %r9
	shlq	$13, %r9
	addq	48(%rsp), %r9
	xorl	%r10d, %r10d
	.p2align	4
.LBB0_13:
	leaq	(%rbx,%r10), %rsi
	shlq	$9, %rsi
	leaq	(%rcx,%rsi), %r15
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%r12d, %r12d
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	.p2align	4
.LBB0_14:
	vmovups	(%r15,%r12), %zmm9
	vmovups	64(%r15,%r12), %zmm10
	vmovups	128(%r15,%r12), %zmm11
	vmovups	192(%r15,%r12), %zmm12
	vfmadd231ps	%zmm9, %zmm9, %zmm5
	vfmadd231ps	%zmm10, %zmm10, %zmm6
	vfmadd231ps	%zmm11, %zmm11, %zmm7
	vfmadd231ps	%zmm12, %zmm12, %zmm8
	addq	$256, %r12
	cmpq	$512, %r12
	jl	.LBB0_14
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
	vmulps	(%r15), %zmm5, %zmm6
	vmulps	(%r14), %zmm6, %zmm6
	vmulps	64(%r15), %zmm5, %zmm7
	vmulps	64(%r14), %zmm7, %zmm7
	vmulps	128(%r15), %zmm5, %zmm8
	vmulps	128(%r14), %zmm8, %zmm8
	vmulps	192(%r15), %zmm5, %zmm9
	vmulps	192(%r14), %zmm9, %zmm9
	vmulps	256(%r15), %zmm5, %zmm10
	vmulps	256(%r14), %zmm10, %zmm10
	vmulps	320(%r15), %zmm5, %zmm11
	vmulps	320(%r14), %zmm11, %zmm11
	vmulps	384(%r15), %zmm5, %zmm12
	vmulps	384(%r14), %zmm12, %zmm12
	vmulps	448(%r15), %zmm5, %zmm5
	vmulps	448(%r14), %zmm5, %zmm5
	vmovups	256(%r11,%rdi), %zmm13
	vmovups	(%r11,%rdi), %zmm14
	vmovups	64(%r11,%rdi), %zmm15
	vmovups	128(%r11,%rdi), %zmm16
	vmulps	%zmm13, %zmm10, %zmm17
	vmovups	192(%r11,%rdi), %zmm18
	vfmsub231ps	%zmm14, %zmm6, %zmm17
	vmulps	%zmm13, %zmm6, %zmm6
	vfmadd231ps	%zmm14, %zmm10, %zmm6
	vmovups	320(%r11,%rdi), %zmm10
	vmulps	%zmm10, %zmm11, %zmm13
	vfmsub231ps	%zmm15, %zmm7, %zmm13
	vmulps	%zmm10, %zmm7, %zmm7
	vfmadd231ps	%zmm15, %zmm11, %zmm7
	vmovups	384(%r11,%rdi), %zmm10
	vmulps	%zmm10, %zmm12, %zmm11
	vfmsub231ps	%zmm16, %zmm8, %zmm11
	vmulps	%zmm10, %zmm8, %zmm8
	vfmadd231ps	%zmm16, %zmm12, %zmm8
	vmovups	448(%r11,%rdi), %zmm10
	vmulps	%zmm10, %zmm5, %zmm12
	vfmsub231ps	%zmm18, %zmm9, %zmm12
	vmulps	%zmm10, %zmm9, %zmm9
	vfmadd231ps	%zmm18, %zmm5, %zmm9
	vmovups	%zmm17, (%r9,%rsi)
	vmovups	%zmm13, 64(%r9,%rsi)
	vmovups	%zmm11, 128(%r9,%rsi)
	vmovups	%zmm12, 192(%r9,%rsi)
	vmovups	%zmm6, 256(%r9,%rsi)
	vmovups	%zmm7, 320(%r9,%rsi)
	vmovups	%zmm8, 384(%r9,%rsi)
	vmovups	%zmm9, 448(%r9,%rsi)
	incq	%r10
	cmpq	$2, %r10
	jl	.LBB0_13
	movq	%rax, %rcx
	shlq	$9, %rcx
	movq	88(%rsp), %rsi
	addq	%rdx, %rsi
	leaq	(%rax,%rax,4), %rbx
	movq	%rbx, %r9
	shlq	$13, %r9
	addq	%r8, %r9
	shlq	$8, %r9
	vmaxps	(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	movq	64(%rsp), %r10
	vcvtps2ph	$4, %zmm5, (%r10,%r9)
	vmaxps	64(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 32(%r10,%r9)
	vmaxps	128(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 64(%r10,%r9)
	vmaxps	192(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 96(%r10,%r9)
	vmaxps	256(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 128(%r10,%r9)
	vmaxps	320(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 160(%r10,%r9)
	vmaxps	384(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 192(%r10,%r9)
	vmaxps	448(%rcx,%rsi), %zmm3, %zmm5
	vminps	%zmm5, %zmm4, %zmm5
	vcvtps2ph	$4, %zmm5, 224(%r10,%r9)
	leaq	(%rax,%r13,8), %rax
	shlq	$6, %rax
	movq	40(%rsp), %rsi
	movl	$0, (%rsi,%rax)
	addq	96(%rsp), %rdx
	addq	%rcx, %rdx
	vxorps	%xmm5, %xmm5, %xmm5
	xorl	%eax, %eax
	vxorps	%xmm6, %xmm6, %xmm6
	vxorps	%xmm7, %xmm7, %xmm7
	vxorps	%xmm8, %xmm8, %xmm8
	.p2align	4
.LBB0_17:
	vmovups	(%rdx,%rax), %zmm9
	vmovups	64(%rdx,%rax), %zmm10
	vmovups	128(%rdx,%rax), %zmm11
	vmovups	192(%rdx,%rax), %zmm12
	vfmadd231ps	%zmm9, %zmm9, %zmm5
	vfmadd231ps	%zmm10, %zmm10, %zmm6
	vfmadd231ps	%zmm11, %zmm11, %zmm7
	vfmadd231ps	%zmm12, %zmm12, %zmm8
	addq	$256, %rax
	cmpq	$512, %rax
	jl	.LBB0_17
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
	movq	72(%rsp), %rax
	vmulps	(%rax), %zmm6, %zmm6
	vmulps	64(%rdx), %zmm5, %zmm7
	vmulps	64(%rax), %zmm7, %zmm8
	vmulps	128(%rdx), %zmm5, %zmm7
	vmulps	128(%rax), %zmm7, %zmm10
	vmulps	192(%rdx), %zmm5, %zmm7
	vmulps	192(%rax), %zmm7, %zmm12
	vmulps	256(%rdx), %zmm5, %zmm7
	vmulps	256(%rax), %zmm7, %zmm7
	vmulps	320(%rdx), %zmm5, %zmm9
	vmulps	320(%rax), %zmm9, %zmm9
	vmulps	384(%rdx), %zmm5, %zmm11
	vmulps	384(%rax), %zmm11, %zmm11
	vmulps	448(%rdx), %zmm5, %zmm5
	vmulps	448(%rax), %zmm5, %zmm13
	vmovups	256(%r11,%rdi), %zmm14
	vmovups	(%r11,%rdi), %zmm15
	vmovups	64(%r11,%rdi), %zmm16
	vmovups	128(%r11,%rdi), %zmm17
	vmulps	%zmm14, %zmm7, %zmm5
	vmovups	192(%r11,%rdi), %zmm18
	vfmsub231ps	%zmm15, %zmm6, %zmm5
	vmulps	%zmm14, %zmm6, %zmm6
	vfmadd231ps	%zmm15, %zmm7, %zmm6
	vmovups	320(%r11,%rdi), %zmm14
	vmulps	%zmm14, %zmm9, %zmm7
	vfmsub231ps	%zmm16, %zmm8, %zmm7
	vmulps	%zmm14, %zmm8, %zmm8
	vfmadd231ps	%zmm16, %zmm9, %zmm8
	vmovups	384(%r11,%rdi), %zmm14
	vmulps	%zmm14, %zmm11, %zmm9
	vfmsub231ps	%zmm17, %zmm10, %zmm9
	vmulps	%zmm14, %zmm10, %zmm10
	vfmadd231ps	%zmm17, %zmm11, %zmm10
	vmovups	448(%r11,%rdi), %zmm14
	vmulps	%zmm14, %zmm13, %zmm11
	vfmsub231ps	%zmm18, %zmm12, %zmm11
	vmulps	%zmm14, %zmm12, %zmm12
	vfmadd231ps	%zmm18, %zmm13, %zmm12
	movl	%r8d, %eax
	andl	$15, %eax
	vmaxps	%zmm5, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 128(%rsp)
	shrl	$4, %r8d
	vmaxps	%zmm7, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 160(%rsp)
	shlq	$9, %rbx
	vmaxps	%zmm9, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 192(%rsp)
	addq	%r8, %rbx
	vmaxps	%zmm11, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 224(%rsp)
	shlq	$12, %rbx
	vmaxps	%zmm6, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 256(%rsp)
	movq	56(%rsp), %r15
	addq	%r15, %rbx
	vmaxps	%zmm8, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 288(%rsp)
	leaq	(%rbx,%rax,2), %rax
	vmaxps	%zmm10, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 320(%rsp)
	vmaxps	%zmm12, %zmm3, %zmm13
	vminps	%zmm13, %zmm4, %zmm13
	vcvtps2ph	$4, %zmm13, 352(%rsp)
	xorl	%ecx, %ecx
	movq	80(%rsp), %r9
	.p2align	4
.LBB0_19:
	movq	%rcx, %rdx
	shlq	$4, %rdx
	movzwl	128(%rsp,%rcx), %esi
	movw	%si, (%rax,%rdx)
	movzwl	130(%rsp,%rcx), %esi
	movw	%si, 32(%rax,%rdx)
	movzwl	132(%rsp,%rcx), %esi
	movw	%si, 64(%rax,%rdx)
	movzwl	134(%rsp,%rcx), %esi
	movw	%si, 96(%rax,%rdx)
	movzwl	136(%rsp,%rcx), %esi
	movw	%si, 128(%rax,%rdx)
	movzwl	138(%rsp,%rcx), %esi
	movw	%si, 160(%rax,%rdx)
	movzwl	140(%rsp,%rcx), %esi
	movw	%si, 192(%rax,%rdx)
	movzwl	142(%rsp,%rcx), %esi
	movw	%si, 224(%rax,%rdx)
	addq	$16, %rcx
	cmpq	$256, %rcx
	jl	.LBB0_19
	movq	120(%rsp), %rsi
	incq	%rsi
	movq	112(%rsp), %r8
	movq	32(%rsp), %rbx
	cmpq	%r8, %rsi
	jl	.LBB0_9
.LBB0_4:
	vmovaps	%zmm5, 448(%rsp)
	vmovaps	%zmm7, 512(%rsp)
	vmovaps	%zmm9, 576(%rsp)
	vmovaps	%zmm11, 640(%rsp)
	vmovaps	%zmm6, 704(%rsp)
	vmovaps	%zmm8, 768(%rsp)
	vmovaps	%zmm10, 832(%rsp)
	vmovaps	%zmm12, 896(%rsp)
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
	.size	kv_write_f16_16x8x128_rows_804a29557f492e55, .Lfunc_end0-kv_write_f16_16x8x128_rows_804a29557f492e55

	.section	".note.GNU-stack","",@progbits
