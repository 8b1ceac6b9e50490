/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;
import org.objectweb.asm.Type;
import org.objectweb.asm.TypePath;
import org.objectweb.asm.signature.SignatureReader;
import org.objectweb.asm.signature.SignatureVisitor;

/**
 * Collects the references of one class file.
 */
final class References extends ClassVisitor {
    private final Set<Reference> found = new LinkedHashSet<>();

    private References() {
        super(ClassModel.API);
    }

    static Set<Reference> of(byte[] classFile) {
        References references = new References();
        new ClassReader(classFile).accept(references, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return references.found;
    }

    @Override
    public void visit(int version, int access, String name, @Nullable String signature, @Nullable String superName,
            String @Nullable [] interfaces) {
        addNamed(superName);
        addNamed(interfaces);
        addSignature(signature);
    }

    @Override
    public void visitNestHost(String nestHost) {
        addNamed(nestHost);
    }

    @Override
    public void visitPermittedSubclass(String permittedSubclass) {
        addNamed(permittedSubclass);
    }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
        return annotation(descriptor);
    }

    @Override
    public AnnotationVisitor visitTypeAnnotation(int typeRef, @Nullable TypePath typePath, String descriptor, boolean visible) {
        return annotation(descriptor);
    }

    @Override
    public RecordComponentVisitor visitRecordComponent(String name, String descriptor, @Nullable String signature) {
        add(Type.getType(descriptor));
        addSignature(signature);
        return new RecordComponentVisitor(api) {
            @Override
            public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                return annotation(annotation);
            }

            @Override
            public AnnotationVisitor visitTypeAnnotation(int typeRef, @Nullable TypePath typePath, String annotation, boolean visible) {
                return annotation(annotation);
            }
        };
    }

    @Override
    public FieldVisitor visitField(int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
        add(Type.getType(descriptor));
        addSignature(signature);
        return new FieldVisitor(api) {
            @Override
            public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                return annotation(annotation);
            }

            @Override
            public AnnotationVisitor visitTypeAnnotation(int typeRef, @Nullable TypePath typePath, String annotation, boolean visible) {
                return annotation(annotation);
            }
        };
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
            String @Nullable [] exceptions) {
        add(Type.getMethodType(descriptor));
        addNamed(exceptions);
        addSignature(signature);
        return new Instructions();
    }

    private AnnotationVisitor annotation(String descriptor) {
        addReference(new Reference.ToAnnotation(Type.getType(descriptor).getInternalName()));
        return new AnnotationVisitor(api) {
            @Override
            public void visit(@Nullable String name, Object value) {
                addConstant(value);
            }

            @Override
            public void visitEnum(@Nullable String name, String enumDescriptor, String value) {
                addReference(new Reference.ToField(Type.getType(enumDescriptor).getInternalName(), value, enumDescriptor, true));
            }

            @Override
            public AnnotationVisitor visitAnnotation(@Nullable String name, String nested) {
                return annotation(nested);
            }

            @Override
            public AnnotationVisitor visitArray(@Nullable String name) {
                return this;
            }
        };
    }

    private void addReference(Reference reference) {
        found.add(reference);
    }

    private void addNamed(String @Nullable [] names) {
        if (names != null) {
            for (String name : names) {
                addNamed(name);
            }
        }
    }

    private void addNamed(@Nullable String name) {
        if (name != null) {
            add(Type.getObjectType(name));
        }
    }

    private void add(Type type) {
        switch (type.getSort()) {
            case Type.ARRAY -> add(type.getElementType());
            case Type.OBJECT -> addReference(new Reference.ToType(type.getInternalName()));
            case Type.METHOD -> {
                add(type.getReturnType());
                for (Type argument : type.getArgumentTypes()) {
                    add(argument);
                }
            }
            default -> {
                // A primitive type is always there.
            }
        }
    }

    private void addMethod(String owner, String name, String descriptor, boolean isStatic, boolean onInterface) {
        add(Type.getMethodType(descriptor));
        if (owner.startsWith("[")) {
            // JVMS §5.4.3.3: an array type has the methods of Object (clone among them).
            addNamed(owner);
        } else {
            addReference(new Reference.ToMethod(owner, name, descriptor, isStatic, onInterface));
        }
    }

    private void addHandle(Handle handle) {
        switch (handle.getTag()) {
            case Opcodes.H_GETFIELD, Opcodes.H_PUTFIELD -> addField(handle.getOwner(), handle.getName(), handle.getDesc(), false);
            case Opcodes.H_GETSTATIC, Opcodes.H_PUTSTATIC -> addField(handle.getOwner(), handle.getName(), handle.getDesc(), true);
            default -> addMethod(handle.getOwner(), handle.getName(), handle.getDesc(),
                handle.getTag() == Opcodes.H_INVOKESTATIC, handle.isInterface());
        }
    }

    private void addField(String owner, String name, String descriptor, boolean isStatic) {
        add(Type.getType(descriptor));
        addReference(new Reference.ToField(owner, name, descriptor, isStatic));
    }

    private void addConstant(Object constant) {
        if (constant instanceof Type type) {
            add(type);
        } else if (constant instanceof Handle handle) {
            addHandle(handle);
        } else if (constant instanceof ConstantDynamic dynamic) {
            add(Type.getType(dynamic.getDescriptor()));
            addHandle(dynamic.getBootstrapMethod());
            for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
                addConstant(dynamic.getBootstrapMethodArgument(i));
            }
        }
    }

    /** The JVM does not look at generic signatures, but Guice does. */
    private void addSignature(@Nullable String signature) {
        if (signature != null) {
            new SignatureReader(signature).accept(new SignatureTypes());
        }
    }

    private final class SignatureTypes extends SignatureVisitor {
        private String current = "";

        SignatureTypes() {
            super(ClassModel.API);
        }

        @Override
        public void visitClassType(String name) {
            current = name;
            addNamed(name);
        }

        @Override
        public void visitInnerClassType(String name) {
            current = current + "$" + name;
            addNamed(current);
        }

        @Override
        public SignatureVisitor visitTypeArgument(char wildcard) {
            return new SignatureTypes();
        }
    }

    private final class Instructions extends MethodVisitor {
        Instructions() {
            super(ClassModel.API);
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return annotation(descriptor);
        }

        @Override
        public AnnotationVisitor visitTypeAnnotation(int typeRef, @Nullable TypePath typePath, String descriptor, boolean visible) {
            return annotation(descriptor);
        }

        @Override
        public AnnotationVisitor visitParameterAnnotation(int parameter, String descriptor, boolean visible) {
            return annotation(descriptor);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            addNamed(type);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            addField(owner, name, descriptor, opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            addMethod(owner, name, descriptor, opcode == Opcodes.INVOKESTATIC, isInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrapMethod, Object... arguments) {
            add(Type.getMethodType(descriptor));
            addHandle(bootstrapMethod);
            for (Object argument : arguments) {
                addConstant(argument);
            }
        }

        @Override
        public void visitLdcInsn(Object value) {
            addConstant(value);
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            add(Type.getType(descriptor));
        }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler,
                @Nullable String type) {
            addNamed(type);
        }
    }
}
