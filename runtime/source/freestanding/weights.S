/* The weights of the model: the bytes of weights.bin, as the code reads them. */
    .section .rodata.model_weights, "a", %progbits
    .balign 256
    .global model_weights
    .hidden model_weights
    .type model_weights, %object
model_weights:
    .incbin "weights.bin"
    .size model_weights, . - model_weights

    .section .note.GNU-stack, "", %progbits
