/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Certificates by wish, for tests.
 *
 * <p>{@link org.jamesdane.testing.pki.TestPki} is the entry. A wish is an immutable value: each method returns a changed copy, and
 * the certificate is made when it is first asked for.
 * <pre>{@code
 * Authority root = TestPki.authority("Test CA");
 * Credential good = root.intermediate("Issuing CA").leaf("mx.example").issue();
 * Credential old = root.leaf("mx.example").expired().issue();
 * Association record = Association.of(2, 1, 1, root.certificate());
 * }</pre>
 *
 * <p>Keys are made once per process for each kind and label, and reused: making RSA keys is what would make such tests slow. The
 * label of an authority is its common name, that of a leaf its first name; so two authorities of one name share a key, as a
 * renewed authority does, unless {@code keyLabel} says otherwise. These keys protect nothing outside a test.
 *
 * <p>Needs the JDK and BouncyCastle (bcpkix), nothing of James or of this project.
 */
@NullMarked
package org.jamesdane.testing.pki;

import org.jspecify.annotations.NullMarked;
