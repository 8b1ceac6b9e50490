/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jamesdane.linkcheck.ClassModel.Member;
import org.jamesdane.linkcheck.Hierarchy.Declared;
import org.jamesdane.linkcheck.LinkReport.Fault;
import org.objectweb.asm.Opcodes;

/**
 * Check whether a class still fits its super types.
 */
final class Inheritance {
    private static final int NEVER_INHERITED = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC;

    private final Hierarchy hierarchy;
    private final JarClasses subject;

    Inheritance(Hierarchy hierarchy, JarClasses subject) {
        this.hierarchy = hierarchy;
        this.subject = subject;
    }

    /** Faults of a class's place among its super types. */
    List<Fault> faults(ClassModel type) {
        Reference itself = new Reference.ToType(type.name());
        try {
            return reasons(type).stream().map(reason -> new Fault(type.name(), itself, reason, type.name())).toList();
        } catch (Hierarchy.Incomplete incomplete) {
            return List.of(Fault.of(type.name(), itself, incomplete));
        }
    }

    private List<String> reasons(ClassModel type) {
        List<String> reasons = new ArrayList<>(kindFaults(type));
        if (reasons.isEmpty()) {
            reasons.addAll(finalFaults(type));
            if (!type.is(Opcodes.ACC_ABSTRACT)) {
                reasons.addAll(abstractFaults(type));
            }
        }
        return reasons;
    }

    /**
     * The methods of a class that override or implement one of a class outside the jar. An override that got lost, because a
     * parameter's type changed, links well and is never called.
     */
    Set<String> overridesOfForeign(ClassModel type) {
        Set<String> overrides = new TreeSet<>();
        if (faults(type).stream().anyMatch(fault -> !fault.blamed().equals(type.name()))) {
            return overrides;
        }
        for (Member method : type.methods()) {
            if (!method.is(NEVER_INHERITED) && !method.name().startsWith("<")
                    && inherited(type, method).anyMatch(declared -> subject.find(declared.in().name()).isEmpty())) {
                overrides.add(type.name() + "." + method);
            }
        }
        return overrides;
    }

    private List<String> kindFaults(ClassModel type) {
        List<String> faults = new ArrayList<>();
        // JVMS §5.3.5
        type.superName().flatMap(hierarchy::find).ifPresent(superClass -> {
            if (superClass.isInterface()) {
                faults.add("its super class " + superClass.name() + " is an interface now");
            }
            if (superClass.is(Opcodes.ACC_FINAL)) {
                faults.add("its super class " + superClass.name() + " is final");
            }
        });
        for (String name : type.interfaces()) {
            if (hierarchy.find(name).filter(found -> !found.isInterface()).isPresent()) {
                faults.add("its interface " + name + " is a class now");
            }
        }
        return faults;
    }

    /** JVMS §5.3.5: a final method is not overridden. */
    private List<String> finalFaults(ClassModel type) {
        List<String> faults = new ArrayList<>();
        for (Member method : type.methods()) {
            if (!method.is(NEVER_INHERITED)) {
                inherited(type, method).filter(declared -> declared.member().is(Opcodes.ACC_FINAL))
                    .forEach(declared -> faults.add("it overrides the final method " + declared));
            }
        }
        return faults;
    }

    private List<String> abstractFaults(ClassModel type) {
        List<String> faults = new ArrayList<>();
        List<ClassModel> superTypes = new ArrayList<>(hierarchy.superClassesAndSelf(type));
        superTypes.addAll(hierarchy.allInterfaces(type));
        for (ClassModel superType : superTypes) {
            for (Member method : superType.methods()) {
                if (method.is(Opcodes.ACC_ABSTRACT) && !isImplemented(type, method)) {
                    faults.add("it does not implement " + superType.name() + "." + method);
                }
            }
        }
        return faults;
    }

    /** JVMS §5.4.6: what would be called on an instance. */
    private boolean isImplemented(ClassModel type, Member method) {
        Optional<Declared> selected = hierarchy.method(type, method.name(), method.descriptor());
        return selected.filter(declared -> !declared.member().is(Opcodes.ACC_ABSTRACT)).isPresent();
    }

    private Stream<Declared> inherited(ClassModel type, Member method) {
        Stream<ClassModel> superClasses = hierarchy.superClassesAndSelf(type).stream().skip(1);
        Stream<ClassModel> interfaces = hierarchy.allInterfaces(type).stream().filter(other -> !other.equals(type));
        return Stream.concat(superClasses, interfaces)
            .flatMap(superType -> superType.method(method.name(), method.descriptor()).stream()
                .map(found -> new Declared(superType, found)))
            .filter(declared -> !declared.member().is(NEVER_INHERITED));
    }
}
