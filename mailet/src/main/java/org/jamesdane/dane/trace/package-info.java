/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The record of a whole decision: each question, each answer with its security, and each step that followed.
 *
 * <p>{@link org.jamesdane.dane.trace.TraceRecorder} notes the steps, and {@link org.jamesdane.dane.trace.DecisionTrace} is what logs,
 * REST answers, the command and notices are made from. {@link org.jamesdane.dane.trace.Labels} has the published words.
 */
@NullMarked
package org.jamesdane.dane.trace;

import org.jspecify.annotations.NullMarked;
