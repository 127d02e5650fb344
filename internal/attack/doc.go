// Package attack has only tests. Each file is somebody who means harm, and each test is one thing that they try, named by what has
// to hold. What is tried here goes through the front: real connections, real pages, the same clients that a served site has. A test
// that belongs to one rule of one package stays beside that package.
package attack
