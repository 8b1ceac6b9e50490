/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names in James 3.9 of classes that James 3.8 has under another name: Jakarta EE's new names for Java EE's packages. The same rules as in
 * the build of the jar for 3.9, stated a second time on purpose: each checks the other.
 */
final class Renaming {
    private static final Map<String, String> PREFIXES = Map.of(
        "javax/mail/", "jakarta/mail/",
        "javax/inject/", "jakarta/inject/",
        "javax/activation/", "jakarta/activation/",
        "javax/annotation/P", "jakarta/annotation/P",
        "com/sun/mail/", "org/eclipse/angus/mail/");
    private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L([^;]+);");

    private Renaming() {
    }

    /** The name in 3.9 of a class of 3.8. */
    static String renamed(String name) {
        return swapped(name, true);
    }

    /** The name in 3.8 of a class of 3.9. */
    static String original(String name) {
        return swapped(name, false);
    }

    /** A class of 3.8, as it would be called and speak of others in 3.9. */
    static ClassModel renamed(ClassModel model) {
        return new ClassModel(renamed(model.name()), model.access(), model.superName().map(Renaming::renamed),
            model.interfaces().stream().map(Renaming::renamed).toList(), members(model.fields()), members(model.methods()));
    }

    static String renamedDescriptor(String descriptor) {
        return CLASS_IN_DESCRIPTOR.matcher(descriptor)
            .replaceAll(match -> Matcher.quoteReplacement("L" + renamed(match.group(1)) + ";"));
    }

    private static List<ClassModel.Member> members(List<ClassModel.Member> members) {
        return members.stream()
            .map(member -> new ClassModel.Member(member.name(), renamedDescriptor(member.descriptor()), member.access()))
            .toList();
    }

    private static String swapped(String name, boolean forward) {
        Optional<Map.Entry<String, String>> rule = PREFIXES.entrySet().stream()
            .filter(entry -> name.startsWith(forward ? entry.getKey() : entry.getValue())).findFirst();
        return rule.map(entry -> forward
            ? entry.getValue() + name.substring(entry.getKey().length())
            : entry.getKey() + name.substring(entry.getValue().length())).orElse(name);
    }
}
