/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Members and types that a class offers to others. Names are internal names ({@code java/lang/Object}).
 *
 * @param superName nothing for {@code java/lang/Object} alone
 */
record ClassModel(String name, int access, Optional<String> superName, List<String> interfaces, List<Member> fields,
                  List<Member> methods) {
    static final int API = Opcodes.ASM9;

    /** A field or method that a class declares. */
    record Member(String name, String descriptor, int access) {
        boolean is(int flag) {
            return (access & flag) != 0;
        }

        boolean isCalled(String wantedName, String wantedDescriptor) {
            return name.equals(wantedName) && descriptor.equals(wantedDescriptor);
        }

        @Override
        public String toString() {
            return name + descriptor;
        }
    }

    ClassModel {
        interfaces = List.copyOf(interfaces);
        fields = List.copyOf(fields);
        methods = List.copyOf(methods);
    }

    /** Compares the names: one model is made of each class, so that its name is enough, and quick. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClassModel model && model.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    static ClassModel of(byte[] classFile) {
        Reading reading = new Reading();
        new ClassReader(classFile).accept(reading, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return reading.model();
    }

    boolean is(int flag) {
        return (access & flag) != 0;
    }

    boolean isInterface() {
        return is(Opcodes.ACC_INTERFACE);
    }

    Stream<String> superTypes() {
        return Stream.concat(superName.stream(), interfaces.stream());
    }

    Optional<Member> field(String wantedName, String descriptor) {
        return fields.stream().filter(field -> field.isCalled(wantedName, descriptor)).findFirst();
    }

    Optional<Member> method(String wantedName, String descriptor) {
        return methods.stream().filter(method -> method.isCalled(wantedName, descriptor)).findFirst();
    }

    static String packageOf(String internalName) {
        return internalName.substring(0, Math.max(0, internalName.lastIndexOf('/')));
    }

    private static final class Reading extends ClassVisitor {
        private final List<Member> fields = new ArrayList<>();
        private final List<Member> methods = new ArrayList<>();
        private String name = "";
        private int access;
        private Optional<String> superName = Optional.empty();
        private List<String> interfaces = List.of();

        Reading() {
            super(API);
        }

        ClassModel model() {
            return new ClassModel(name, access, superName, interfaces, fields, methods);
        }

        @Override
        public void visit(int version, int classAccess, String className, @Nullable String signature, @Nullable String superClass,
                String @Nullable [] superInterfaces) {
            name = className;
            access = classAccess;
            superName = Optional.ofNullable(superClass);
            interfaces = superInterfaces == null ? List.of() : List.of(superInterfaces);
        }

        @Override
        public @Nullable FieldVisitor visitField(int fieldAccess, String fieldName, String descriptor, @Nullable String signature,
                @Nullable Object value) {
            fields.add(new Member(fieldName, descriptor, fieldAccess));
            return null;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(int methodAccess, String methodName, String descriptor, @Nullable String signature,
                String @Nullable [] exceptions) {
            methods.add(new Member(methodName, descriptor, methodAccess));
            return null;
        }
    }
}
