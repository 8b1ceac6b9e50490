/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks all classes of a jar against the classes it will meet.
 */
final class LinkCheck {
    private final Classes around;

    private LinkCheck(Classes around) {
        this.around = around;
    }

    /** Against all classes of James 3.8 and of the JDK that runs this. */
    static LinkCheck against(Classes james) {
        return new LinkCheck(Classes.firstOf(List.of(new JdkClasses(), james)));
    }

    /**
     * Against what the registry has of James 3.9; in place of the classes it lacks, which have to be named, James 3.8's are taken and
     * renamed.
     */
    static LinkCheck against(Classes james39, Classes james38, ListedClasses lackingIn39) {
        Classes renamed = name -> lackingIn39.contains(name)
            ? james38.find(Renaming.original(name)).map(Renaming::renamed)
            : Optional.empty();
        return against(Classes.firstOf(List.of(james39, renamed)));
    }

    /** Checks each class of a jar. */
    LinkReport check(Path jar) {
        try (JarClasses subject = JarClasses.of(jar)) {
            return check(subject);
        }
    }

    private LinkReport check(JarClasses subject) {
        Hierarchy hierarchy = new Hierarchy(Classes.firstOf(List.of(around, subject)));
        Linker linker = new Linker(hierarchy, subject);
        Inheritance inheritance = new Inheritance(hierarchy, subject);
        List<LinkReport.Fault> faults = new ArrayList<>();
        Set<Reference> foreign = new HashSet<>();
        Set<String> overrides = new TreeSet<>();
        for (String name : subject.names()) {
            ClassModel type = subject.find(name).orElseThrow();
            Reference itself = new Reference.ToType(name);
            // James's loader asks James first: its class would be taken instead of ours.
            around.find(name).ifPresent(other -> faults.add(new LinkReport.Fault(name, itself, "James has it, too", name)));
            References.of(subject.bytes(name)).forEach(reference -> {
                linker.fault(type, reference).ifPresent(faults::add);
                if (subject.find(reference.owner()).isEmpty()) {
                    foreign.add(reference);
                }
            });
            faults.addAll(inheritance.faults(type));
            overrides.addAll(inheritance.overridesOfForeign(type));
        }
        return new LinkReport(subject.names().size(), foreign, overrides, faults);
    }
}
