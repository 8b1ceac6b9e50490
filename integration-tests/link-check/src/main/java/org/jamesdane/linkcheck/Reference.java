/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

/**
 * Demand of a class file on the JVM: what to find in another class, or in itself.
 */
sealed interface Reference {
    /** The class in which it is looked for. */
    String owner();

    /** A class or interface that is named. */
    record ToType(String owner) implements Reference {
        @Override
        public String toString() {
            return "class " + owner;
        }
    }

    /** An annotation type. The JVM ignores an annotation whose type it lacks, and so would whoever looks for the annotation. */
    record ToAnnotation(String owner) implements Reference {
        @Override
        public String toString() {
            return "annotation " + owner;
        }
    }

    /** A field that is read or written. */
    record ToField(String owner, String name, String descriptor, boolean isStatic) implements Reference {
        @Override
        public String toString() {
            return (isStatic ? "static field " : "field ") + owner + "." + name + ":" + descriptor;
        }
    }

    /**
     * A method that is called, or made a method handle of.
     *
     * @param onInterface whether the class file says that the owner is an interface
     */
    record ToMethod(String owner, String name, String descriptor, boolean isStatic, boolean onInterface) implements Reference {
        @Override
        public String toString() {
            return (isStatic ? "static method " : "method ") + owner + "." + name + descriptor;
        }
    }
}
