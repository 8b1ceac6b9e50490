/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.linkcheck.ClassModel.Member;
import org.objectweb.asm.Opcodes;

/**
 * Finds members through super types, as JVMS §5.4.3.2 to §5.4.3.4 and §5.4.6 say.
 */
final class Hierarchy {
    private static final String OBJECT = "java/lang/Object";
    private static final Set<String> SIGNATURE_POLYMORPHIC = Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle");

    private final Classes classes;

    Hierarchy(Classes classes) {
        this.classes = classes;
    }

    /** A member together with the class that declares it. */
    record Declared(ClassModel in, Member member) {
        @Override
        public String toString() {
            return in.name() + "." + member;
        }
    }

    /** A super type that cannot be found, so that nothing can be said about what inherits from it. */
    static final class Incomplete extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String type;
        private final String missing;

        Incomplete(String type, String missing) {
            super(type);
            this.type = type;
            this.missing = missing;
        }

        String what() {
            return "the super type " + missing + " of " + type + " is missing";
        }

        String missing() {
            return missing;
        }
    }

    Optional<ClassModel> find(String name) {
        return classes.find(name);
    }

    /** JVMS §5.4.3.2. */
    Optional<Declared> field(ClassModel owner, String name, String descriptor) {
        Optional<Member> own = owner.field(name, descriptor);
        if (own.isPresent()) {
            return own.map(member -> new Declared(owner, member));
        }
        List<String> next = new ArrayList<>(owner.interfaces());
        owner.superName().ifPresent(next::add);
        return next.stream().map(type -> field(superType(owner, type), name, descriptor)).flatMap(Optional::stream).findFirst();
    }

    /** JVMS §5.4.3.3 and §5.4.3.4. */
    Optional<Declared> method(ClassModel owner, String name, String descriptor) {
        List<ClassModel> superClasses = owner.isInterface()
            ? List.of(owner, superType(owner, OBJECT)) : superClassesAndSelf(owner);
        for (ClassModel type : superClasses) {
            Optional<Declared> declared = declaredMethod(type, name, descriptor);
            if (declared.isPresent()) {
                return declared;
            }
        }
        return inInterfaces(owner, name, descriptor);
    }

    private static Optional<Declared> declaredMethod(ClassModel type, String name, String descriptor) {
        // JVMS §2.9.3: these accept any descriptor.
        Optional<Member> member = SIGNATURE_POLYMORPHIC.contains(type.name())
            ? type.methods().stream().filter(method -> method.name().equals(name) && method.is(Opcodes.ACC_NATIVE)).findFirst()
            : Optional.empty();
        return member.or(() -> type.method(name, descriptor)).map(found -> new Declared(type, found));
    }

    /** A default method wins over an abstract one; which of several defaults would win does not matter here. */
    private Optional<Declared> inInterfaces(ClassModel owner, String name, String descriptor) {
        List<Declared> candidates = allInterfaces(owner).stream()
            .map(type -> type.method(name, descriptor).map(member -> new Declared(type, member))).flatMap(Optional::stream)
            .filter(declared -> !declared.member().is(Opcodes.ACC_PRIVATE) && !declared.member().is(Opcodes.ACC_STATIC))
            .toList();
        return candidates.stream().filter(declared -> !isOverriddenAmong(candidates, declared))
            .reduce((one, other) -> one.member().is(Opcodes.ACC_ABSTRACT) ? other : one);
    }

    private boolean isOverriddenAmong(List<Declared> candidates, Declared declared) {
        return candidates.stream().anyMatch(other -> !other.in().equals(declared.in()) && isSubtype(other.in(), declared.in().name()));
    }

    List<ClassModel> superClassesAndSelf(ClassModel type) {
        List<ClassModel> line = new ArrayList<>(List.of(type));
        ClassModel current = type;
        while (current.superName().isPresent()) {
            current = superType(current, current.superName().get());
            line.add(current);
        }
        return line;
    }

    /** All super interfaces, however far; with the type itself when it is one. */
    Set<ClassModel> allInterfaces(ClassModel type) {
        Set<ClassModel> found = new LinkedHashSet<>();
        collectInterfaces(type, found);
        return found;
    }

    private void collectInterfaces(ClassModel type, Set<ClassModel> found) {
        if (type.isInterface() && !found.add(type)) {
            return;
        }
        type.superTypes().filter(name -> !name.equals(OBJECT)).forEach(name -> collectInterfaces(superType(type, name), found));
    }

    boolean isSubtype(ClassModel type, String ancestor) {
        return type.name().equals(ancestor)
            || type.superTypes().anyMatch(name -> name.equals(ancestor) || isSubtype(superType(type, name), ancestor));
    }

    private ClassModel superType(ClassModel of, String name) {
        return classes.find(name).orElseThrow(() -> new Incomplete(of.name(), name));
    }
}
