/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;

/**
 * The texts in a class file's code. Relocation rewrites those that look like a name of what is relocated, which can be right (a
 * class's name) or wrong (a key of a property).
 */
final class StringConstants extends ClassVisitor {
    private final Set<String> found = new TreeSet<>();

    private StringConstants() {
        super(ClassModel.API);
    }

    static Set<String> of(byte[] classFile) {
        StringConstants constants = new StringConstants();
        new ClassReader(classFile).accept(constants, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return constants.found;
    }

    private void add(@Nullable Object value) {
        if (value instanceof String text) {
            found.add(text);
        }
    }

    @Override
    public @Nullable AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
        return new AnnotationVisitor(api) {
            @Override
            public void visit(@Nullable String name, Object value) {
                add(value);
            }
        };
    }

    @Override
    public @Nullable FieldVisitor visitField(int access, String name, String descriptor, @Nullable String signature,
            @Nullable Object value) {
        add(value);
        return null;
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
            String @Nullable [] exceptions) {
        return new MethodVisitor(api) {
            @Override
            public void visitLdcInsn(Object value) {
                add(value);
            }

            @Override
            public void visitInvokeDynamicInsn(String callName, String callDescriptor, Handle bootstrapMethod, Object... arguments) {
                for (Object argument : arguments) {
                    add(argument);
                }
            }
        };
    }
}
