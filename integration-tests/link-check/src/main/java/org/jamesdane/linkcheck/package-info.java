/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Would the JVM be able to link a jar against a given James? Answered from the class files, without loading any of them, so that a
 * James compiled for a newer Java can be checked too.
 *
 * <p>The compiler has seen one James only. The jar for the other one is made by renaming, and either jar may meet a James with
 * other patches; what no longer fits would show as a {@link java.lang.LinkageError} in the middle of a delivery. So every
 * reference of every class in the jar is resolved by the rules of the Java Virtual Machine Specification (JVMS §5.4.3), and every
 * class that can be instantiated must implement what its super types there leave abstract.
 *
 * <p>Not checked: reflection, the meaning of methods, and checked exceptions, which the JVM does not check either.
 */
@NullMarked
package org.jamesdane.linkcheck;

import org.jspecify.annotations.NullMarked;
