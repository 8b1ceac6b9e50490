/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.Optional;

import org.jamesdane.linkcheck.ClassModel.Member;
import org.jamesdane.linkcheck.Hierarchy.Declared;
import org.jamesdane.linkcheck.LinkReport.Fault;
import org.objectweb.asm.Opcodes;

/**
 * Resolves one reference as the JVM would; what it finds fault with is one of JVMS §5.4.3's errors.
 */
final class Linker {
    private final Hierarchy hierarchy;
    /** The jar under test: its classes have a loader of their own, so nothing outside is of their package. */
    private final JarClasses subject;

    Linker(Hierarchy hierarchy, JarClasses subject) {
        this.hierarchy = hierarchy;
        this.subject = subject;
    }

    /**
     * Finds what is wrong with a reference.
     *
     * @return nothing when it resolves
     */
    Optional<Fault> fault(ClassModel from, Reference reference) {
        try {
            return reason(from, reference).map(reason -> new Fault(from.name(), reference, reason, reference.owner()));
        } catch (Hierarchy.Incomplete incomplete) {
            return Optional.of(Fault.of(from.name(), reference, incomplete));
        }
    }

    private Optional<String> reason(ClassModel from, Reference reference) {
        Optional<ClassModel> owner = hierarchy.find(reference.owner());
        return owner.isEmpty()
            ? Optional.of("there is no such class")
            : ownerFault(owner.get()).or(() -> memberFault(from, owner.get(), reference));
    }

    private Optional<String> ownerFault(ClassModel owner) {
        return isForeign(owner) && !owner.is(Opcodes.ACC_PUBLIC) ? Optional.of("the class is not public") : Optional.empty();
    }

    private Optional<String> memberFault(ClassModel from, ClassModel owner, Reference reference) {
        if (reference instanceof Reference.ToField field) {
            return fieldFault(from, owner, field);
        }
        if (reference instanceof Reference.ToMethod method) {
            return methodFault(from, owner, method);
        }
        return Optional.empty();
    }

    private Optional<String> fieldFault(ClassModel from, ClassModel owner, Reference.ToField reference) {
        Optional<Declared> found = hierarchy.field(owner, reference.name(), reference.descriptor());
        return found.isEmpty() ? Optional.of("there is no such field") : memberFault(from, found.get(), reference.isStatic());
    }

    private Optional<String> methodFault(ClassModel from, ClassModel owner, Reference.ToMethod reference) {
        if (owner.isInterface() != reference.onInterface()) {
            return Optional.of(owner.isInterface() ? "the class is an interface now" : "the interface is a class now");
        }
        Optional<Declared> found = hierarchy.method(owner, reference.name(), reference.descriptor());
        if (reference.name().equals("<init>") && found.filter(declared -> declared.in().equals(owner)).isEmpty()) {
            return Optional.of("there is no such constructor");
        }
        return found.isEmpty() ? Optional.of("there is no such method") : memberFault(from, found.get(), reference.isStatic());
    }

    private Optional<String> memberFault(ClassModel from, Declared declared, boolean isStatic) {
        if (declared.member().is(Opcodes.ACC_STATIC) != isStatic) {
            return Optional.of(isStatic ? "it is not static" : "it is static");
        }
        return isForeign(declared.in()) && !isAccessible(from, declared)
            ? Optional.of("it is not accessible") : Optional.empty();
    }

    /** JVMS §5.4.4. */
    private boolean isAccessible(ClassModel from, Declared declared) {
        Member member = declared.member();
        return member.is(Opcodes.ACC_PUBLIC)
            || (member.is(Opcodes.ACC_PROTECTED) && hierarchy.isSubtype(from, declared.in().name()));
    }

    private boolean isForeign(ClassModel type) {
        return subject.find(type.name()).isEmpty();
    }
}
