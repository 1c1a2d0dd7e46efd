/**
 * Files of named tensors: NumPy's {@code .npz}, safetensors and PyTorch's state dicts, read without
 * executing anything they hold and within bounded memory.
 */
package dev.puad.model.weights;
